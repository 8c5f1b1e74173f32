import type { Value } from '../value.ts';
import { type BinaryOperator, dottedName, type Expression } from './expression.ts';
import { ExpressionError, type Token, tokenize } from './tokenize.ts';

/** From the loosest to the tightest; `not` stands between `and` and the comparisons. */
const levels: readonly (readonly BinaryOperator[])[] = [
  ['or'],
  ['and'],
  ['==', '!=', '<', '<=', '>', '>=', 'in', 'not in'],
  ['+', '-'],
  ['*', '/', '//', '%'],
];
const comparisons = 2;

const constants = new Map<string, Value>([
  ['true', true],
  ['false', false],
  ['null', null],
]);

/**
 * Reads what stands between `${` and `}`. A parser of our own, because jsep has no `not in`, no int64 beside double and one
 * set of words. Words may be in capitals (`AND`). Throws ExpressionError.
 */
export function parseExpression(source: string): Expression {
  const tokens = tokenize(source);
  let next = 0;
  const expression = level(0);
  if (peek().kind !== 'end') throw unexpected();
  return expression;

  function level(depth: number): Expression {
    const operators = levels[depth];
    if (!operators) return unary();
    if (depth === comparisons && takeWord('not'))
      return { kind: 'unary', operator: 'not', operand: level(comparisons) };
    let left = level(depth + 1);
    for (let operator = takeOperator(operators); operator; operator = takeOperator(operators))
      left = { kind: 'binary', operator, left, right: level(depth + 1) };
    return left;
  }

  function unary(): Expression {
    return takeSign('-') ? { kind: 'unary', operator: '-', operand: unary() } : postfix(primary());
  }

  function primary(): Expression {
    const { kind, text, at } = peek();
    if (takeSign('(')) {
      const inside = level(0);
      expect(')');
      return inside;
    }
    if (takeSign('[')) return { kind: 'list', items: items(']') };
    if (kind === 'number') {
      next++;
      return { kind: 'literal', value: readNumber(text, at) };
    }
    if (kind === 'text') {
      next++;
      return { kind: 'literal', value: text };
    }
    if (
      kind !== 'name' ||
      isWord('and') ||
      isWord('or') ||
      isWord('not') ||
      (isWord('in') && tokens[next + 1]?.text !== '(')
    )
      throw unexpected();
    next++;
    const constant = isConstant(text) ? constants.get(text.toLowerCase()) : undefined;
    return constant === undefined ? { kind: 'variable', name: text } : { kind: 'literal', value: constant };
  }

  function postfix(start: Expression): Expression {
    let of = start;
    for (;;) {
      if (takeSign('.')) {
        const { kind, text } = peek();
        if (kind !== 'name') throw unexpected();
        next++;
        of = { kind: 'part', of, key: { kind: 'literal', value: text } };
      } else if (takeSign('[')) {
        of = { kind: 'part', of, key: level(0) };
        expect(']');
      } else if (takeSign('(')) {
        const name = dottedName(of);
        if (name === undefined) throw new ExpressionError('only a function can be called', peek().at);
        of = { kind: 'call', name, args: items(')') };
      } else return of;
    }
  }

  function items(close: string): Expression[] {
    const found: Expression[] = [];
    if (takeSign(close)) return found;
    do found.push(level(0));
    while (takeSign(','));
    expect(close);
    return found;
  }

  function takeOperator(operators: readonly BinaryOperator[]): BinaryOperator | undefined {
    for (const operator of operators) {
      const [first = '', second] = operator.split(' ');
      const taken = /\w/.test(first) ? takeWords(first, second) : takeSign(first);
      if (taken) return operator;
    }
    return undefined;
  }

  function takeWords(first: string, second: string | undefined): boolean {
    if (!isWord(first)) return false;
    if (second !== undefined && !isWord(second, 1)) return false;
    next += second === undefined ? 1 : 2;
    return true;
  }

  function takeWord(word: string): boolean {
    if (!isWord(word)) return false;
    next++;
    return true;
  }

  function isWord(word: string, ahead = 0): boolean {
    const found = tokens[next + ahead];
    return found?.kind === 'name' && (found.text === word || found.text === word.toUpperCase());
  }

  function takeSign(sign: string): boolean {
    const { kind, text } = peek();
    if (kind !== 'sign' || text !== sign) return false;
    next++;
    return true;
  }

  function expect(sign: string): void {
    if (!takeSign(sign)) throw unexpected();
  }

  function peek(): Token {
    return tokens[next] ?? { kind: 'end', text: '', at: source.length };
  }

  function unexpected(): ExpressionError {
    const { kind, text, at } = peek();
    return new ExpressionError(kind === 'end' ? 'the expression stops too early' : `unexpected "${text}"`, at);
  }
}

function isConstant(text: string): boolean {
  const lower = text.toLowerCase();
  return text === lower || text === text.toUpperCase() || text === lower[0]?.toUpperCase() + lower.slice(1);
}

function readNumber(text: string, at: number): Value {
  if (/[.eE]/.test(text)) return Number(text);
  const whole = BigInt(text);
  if (whole === BigInt.asIntN(64, whole)) return whole;
  throw new ExpressionError(`${text} does not fit into 64 bits`, at);
}
