/** Strings of Terraform's language: they may hold `${…}` with strings inside, to any depth. */

/** The offset after the string that starts with a quote at `start`; the end of the text where it never ends. */
export function skipString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length) {
    const character = text[at];
    if (character === '\\') at += 2;
    else if (character === '"') return at + 1;
    else if (isInterpolation(text, at)) at = skipInterpolation(text, at);
    else at += 1;
  }
  return text.length;
}

/** What stands inside the `${…}` and `%{…}` of a template. */
export function listInterpolations(template: string): readonly string[] {
  const found: string[] = [];
  let at = 0;
  while (at < template.length) {
    if (isInterpolation(template, at)) {
      const end = skipInterpolation(template, at);
      found.push(template.slice(at + 2, end - 1));
      at = end;
    } else at += 1;
  }
  return found;
}

/** The contents of the strings in an expression, outermost only, as they are written. */
export function listStrings(expression: string): readonly string[] {
  return splitStrings(expression).strings;
}

/** An expression without its strings. */
export function withoutStrings(expression: string): string {
  return splitStrings(expression).rest;
}

function splitStrings(expression: string): { readonly strings: readonly string[]; readonly rest: string } {
  const strings: string[] = [];
  let rest = '';
  let at = 0;
  while (at < expression.length) {
    // A string in an index is the key of an instance, and stays.
    if (expression[at] === '"' && !rest.endsWith('[')) {
      const end = skipString(expression, at);
      strings.push(expression.slice(at + 1, end - 1));
      rest += ' ';
      at = end;
    } else if (expression[at] === '"') {
      const end = skipString(expression, at);
      rest += expression.slice(at, end);
      at = end;
    } else {
      rest += expression[at];
      at += 1;
    }
  }
  return { strings, rest };
}

function isInterpolation(text: string, at: number): boolean {
  const mark = text[at];
  return (mark === '$' || mark === '%') && text[at + 1] === '{' && text[at - 1] !== mark;
}

function skipInterpolation(text: string, start: number): number {
  let depth = 0;
  let at = start + 1;
  while (at < text.length) {
    const character = text[at];
    if (character === '"') at = skipString(text, at);
    else {
      if (character === '{') depth += 1;
      if (character === '}') depth -= 1;
      at += 1;
      if (depth === 0) return at;
    }
  }
  return text.length;
}
