export interface Token {
  readonly kind: 'number' | 'text' | 'name' | 'sign' | 'end';
  /** As written; of a text what it stands for. */
  readonly text: string;
  readonly at: number;
}

/** An expression that cannot be read: what is wrong, and where (from 0). */
export class ExpressionError extends Error {
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.name = 'ExpressionError';
    this.at = at;
  }
}

const token =
  /\s*(?:(?<number>\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)|(?<text>"(?:[^"\\]|\\.)*")|(?<name>[A-Za-z_]\w*)|(?<sign>\/\/|==|!=|<=|>=|[-+*/%<>()[\],.])|(?<end>$))/y;

/** Throws ExpressionError at the first character that belongs to nothing. */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  token.lastIndex = 0;
  for (;;) {
    const start = token.lastIndex;
    const found = token.exec(source);
    if (!found?.groups) throw unreadable(source, start);
    const [kind = '', raw = ''] = Object.entries(found.groups).find(([, text]) => text !== undefined) ?? [];
    const at = found.index + found[0].length - raw.length;
    switch (kind) {
      case 'number':
      case 'name':
      case 'sign':
        tokens.push({ kind, text: raw, at });
        break;
      case 'text':
        tokens.push({ kind, text: readText(raw, at), at });
        break;
      default:
        tokens.push({ kind: 'end', text: '', at });
        return tokens;
    }
  }
}

function readText(raw: string, at: number): string {
  try {
    return String(JSON.parse(raw));
  } catch (cause) {
    if (cause instanceof SyntaxError) throw new ExpressionError(`text ${raw} has an escape that is not known`, at);
    throw cause;
  }
}

function unreadable(source: string, start: number): ExpressionError {
  const at = start + (/^\s*/.exec(source.slice(start))?.[0].length ?? 0);
  const character = source[at] ?? '';
  if (character === '{')
    return new ExpressionError('a map cannot be written in an expression: assign it to a variable first', at);
  if (character === "'") return new ExpressionError('text in an expression stands in double quotes', at);
  if (character === '"') return new ExpressionError('text without end', at);
  return new ExpressionError(`unexpected ${JSON.stringify(character)}`, at);
}
