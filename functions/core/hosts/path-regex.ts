/**
 * Whether a path matches an RE2 expression as a whole; undefined = not tried. RE2 never backtracks, JavaScript does, and
 * whoever may edit a URL map writes the expression: so only what both read alike and what ends soon is run, which is
 * characters, classes and plain groups, and at most two open-ended repeats of single characters.
 */
export function matchesRegex(expression: string, path: string): boolean | undefined {
  if (expression.length > maxExpression || path.length > maxPath || !isTame(expression)) return undefined;
  try {
    return new RegExp(`^(?:${expression})$`).test(path);
  } catch {
    return undefined;
  }
}

const maxExpression = 256;
const maxPath = 2048;

const plain = `[A-Za-z0-9/_~%&=:;,@!"'<> -]`;
const escaped = String.raw`\\[.\\/+*?()[\]{}|^$-]`;
const shorthand = String.raw`\\[dw]`;
const set = String.raw`\[\^?(?:[A-Za-z0-9/_.~%:@+*?|(){}$,!-]|\\[dw.\\/\]-])+\]`;
const atom = `(?:${plain}|${escaped}|${shorthand}|\\.|${set})`;
const piece = new RegExp(`(${atom})([*+?])?|(\\((?:\\?:)?|\\)|\\|)`, 'y');

/** Groups are never repeated, so the work grows with the square of the path at most. */
function isTame(text: string): boolean {
  const expression = text.replace(/^\^/, '').replace(/(?<!\\)\$$/, '');
  let openEnded = 0;
  let alternatives = 0;
  for (piece.lastIndex = 0; piece.lastIndex < expression.length; ) {
    const found = piece.exec(expression);
    if (!found) return false;
    if (found[2] === '*' || found[2] === '+') openEnded += 1;
    if (found[3] === '|') alternatives += 1;
    if (found[3] === ')' && /[*+?{]/.test(expression.charAt(piece.lastIndex))) return false;
  }
  return openEnded <= 2 && alternatives <= 16;
}
