export interface FilteredEntry {
  readonly logName?: string;
  readonly protoPayload?: { readonly serviceName?: string; readonly methodName?: string };
}

type Test = (entry: FilteredEntry) => boolean;

const token = /\s*(\(|\)|AND\b|OR\b|log_id\("[^"]*"\)|protoPayload\.(?:serviceName|methodName)=|"[^"]*")/y;

/**
 * Reads the part of Cloud Logging's query language that the sink's filter is written in, so that real entries can be put
 * through it: log_id, `=` with a text or a list, AND, OR, brackets. Throws at anything else: a filter that is half understood
 * would prove nothing.
 */
export function parseSinkFilter(filter: string): Test {
  const tokens = split(filter);
  let at = 0;
  const test = readOr();
  if (at < tokens.length) throw new Error(`the filter goes on where it should end: ${tokens[at]}`);
  return test;

  function readOr(): Test {
    const tests = [readAnd()];
    while (tokens[at] === 'OR') {
      at += 1;
      tests.push(readAnd());
    }
    return (entry) => tests.some((one) => one(entry));
  }

  function readAnd(): Test {
    const tests = [readOne()];
    while (tokens[at] === 'AND') {
      at += 1;
      tests.push(readOne());
    }
    return (entry) => tests.every((one) => one(entry));
  }

  function readOne(): Test {
    const word = next();
    if (word === '(') {
      const inner = readOr();
      expect(')');
      return inner;
    }
    const log = /^log_id\("(.*)"\)$/.exec(word)?.[1];
    if (log !== undefined) return ({ logName = '' }) => decodeURIComponent(logName.split('/logs/')[1] ?? '') === log;
    if (word === 'protoPayload.serviceName=') return readValues((entry) => entry.protoPayload?.serviceName);
    if (word === 'protoPayload.methodName=') return readValues((entry) => entry.protoPayload?.methodName);
    throw new Error(`the filter has ${word} where a comparison is expected`);
  }

  function readValues(valueIn: (entry: FilteredEntry) => string | undefined): Test {
    const wanted = new Set<string | undefined>();
    if (tokens[at] !== '(') wanted.add(text(next()));
    else {
      do {
        at += 1;
        wanted.add(text(next()));
      } while (tokens[at] === 'OR');
      expect(')');
    }
    return (entry) => wanted.has(valueIn(entry));
  }

  function next(): string {
    const word = tokens[at];
    if (word === undefined) throw new Error('the filter ends where it should go on');
    at += 1;
    return word;
  }

  function expect(wanted: string): void {
    const word = next();
    if (word !== wanted) throw new Error(`the filter has ${word} instead of ${wanted}`);
  }
}

function text(word: string): string {
  if (!word.startsWith('"')) throw new Error(`the filter compares with ${word}`);
  return word.slice(1, -1);
}

function split(filter: string): readonly string[] {
  const tokens: string[] = [];
  token.lastIndex = 0;
  const end = filter.trimEnd().length;
  while (token.lastIndex < end) {
    const from = token.lastIndex;
    const word = token.exec(filter)?.[1];
    if (word === undefined)
      throw new Error(`the filter is not understood from here on: ${filter.slice(from, from + 40)}`);
    tokens.push(word);
  }
  return tokens;
}
