/** What a condition of a binding may look at here. */
export interface ConditionContext {
  readonly host: string;
  readonly path: string;
  readonly now: Date;
}

const term =
  /^(!?)request\.(path|host)\.(startsWith|endsWith)\((['"])(.*)\4\)$|^request\.(path|host) ?== ?(['"])(.*)\7$/;
const time = /^request\.time ?(<|<=|>|>=) ?timestamp\((['"])(.*)\2\)$/;

/**
 * Whether a condition of an IAM binding holds: comparisons of `request.path`, `request.host` and `request.time`, joined by
 * `&&` and `||` without parentheses (what Cloud Run and IAP support, FACTS 10). Anything else never grants, as a condition on an unsupported attribute does.
 */
export function holds(condition: Readonly<Record<string, unknown>> | undefined, context: ConditionContext): boolean {
  const expression = condition?.['expression'];
  if (typeof expression !== 'string' || expression.trim() === '') return true;
  return expression.split('||').some((either) => either.split('&&').every((part) => holdsTerm(part.trim(), context)));
}

function holdsTerm(text: string, { host, path, now }: ConditionContext): boolean {
  const values: Readonly<Record<string, string>> = { host, path };
  const [, not, attribute = '', operator, , operand = '', equalAttribute, , equal] = term.exec(text) ?? [];
  if (equalAttribute !== undefined) return values[equalAttribute] === equal;
  if (operator !== undefined) {
    const value = values[attribute] ?? '';
    const result = operator === 'startsWith' ? value.startsWith(operand) : value.endsWith(operand);
    return not === '!' ? !result : result;
  }
  const [, comparison, , limit = ''] = time.exec(text) ?? [];
  if (comparison === undefined) return false;
  const left = now.getTime();
  const right = Date.parse(limit);
  if (comparison.startsWith('<')) return comparison === '<' ? left < right : left <= right;
  return comparison === '>' ? left > right : left >= right;
}
