import type { Request } from './request.ts';

/** True, false, or undefined where it cannot be told here. */
export type Verdict = boolean | undefined;

/**
 * Whether a condition of a binding holds for a request: comparisons of `request.path`, `request.host` and `request.time`, which
 * Cloud Run and IAP support (FACTS 10), joined by `&&` and `||` without parentheses. Whatever else it says is undefined:
 * access levels, for one, are IAP's alone to judge.
 */
export function judgeCondition(expression: string, request: Pick<Request, 'path' | 'host' | 'at'>): Verdict {
  const tokens = tokenize(expression);
  if (!tokens) return undefined;
  return some(split(tokens, '||').map((part) => every(split(part, '&&').map((term) => judgeTerm(term, request)))));
}

/** Words, texts in quotes and signs; undefined = something else is in it. */
function tokenize(expression: string): readonly string[] | undefined {
  const token = /\s*("[^"\\]*"|'[^'\\]*'|&&|\|\||==|!=|<=|>=|[<>!().]|[A-Za-z_]+)/y;
  const tokens: string[] = [];
  const text = expression.trimEnd();
  while (token.lastIndex < text.length) {
    const found = token.exec(text);
    if (found?.[1] === undefined) return undefined;
    tokens.push(found[1]);
  }
  return tokens;
}

function split(tokens: readonly string[], sign: string): readonly (readonly string[])[] {
  const parts: string[][] = [[]];
  for (const token of tokens) {
    if (token === sign) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts;
}

function judgeTerm(tokens: readonly string[], request: Pick<Request, 'path' | 'host' | 'at'>): Verdict {
  if (tokens[0] === '!') {
    const inner = judgeTerm(tokens.slice(1), request);
    return inner === undefined ? undefined : !inner;
  }
  const [object, dot, attribute = '', ...rest] = tokens;
  if (object !== 'request' || dot !== '.') return undefined;
  if (attribute === 'time') return judgeTime(rest, request.at);
  if (attribute !== 'path' && attribute !== 'host') return undefined;
  const value = request[attribute];
  const text = rest.find((token) => /^["']/.test(token))?.slice(1, -1) ?? '';
  switch (rest.map((token) => (/^["']/.test(token) ? 'TEXT' : token)).join(' ')) {
    case '== TEXT':
      return value === text;
    case '!= TEXT':
      return value !== text;
    case '. startsWith ( TEXT )':
      return value.startsWith(text);
    case '. endsWith ( TEXT )':
      return value.endsWith(text);
    default:
      return undefined;
  }
}

const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

/** Instants in UTC stand in the order of their texts, but for parts of a second: those are cut off, and an equal second is not told apart. */
function judgeTime(
  [sign, word, open, quoted = '', close, ...rest]: readonly string[],
  at: string | undefined,
): Verdict {
  const limit = quoted.slice(1, -1);
  if (at === undefined || word !== 'timestamp' || open !== '(' || close !== ')' || rest.length > 0) return undefined;
  if (!instant.test(limit) || !instant.test(at)) return undefined;
  const [now, then] = [at.slice(0, 19), limit.slice(0, 19)];
  if (now === then) return undefined;
  if (sign === '<' || sign === '<=') return now < then;
  return sign === '>' || sign === '>=' ? now > then : undefined;
}

function every(all: readonly Verdict[]): Verdict {
  if (all.includes(false)) return false;
  return all.includes(undefined) ? undefined : true;
}

function some(all: readonly Verdict[]): Verdict {
  if (all.includes(true)) return true;
  return all.includes(undefined) ? undefined : false;
}
