/** A word for a POSIX shell: as it is when harmless, else in single quotes. Names come from other people's estates. */
export function quoteShell(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** A Terraform string literal; interpolation and directives in foreign text stay text. */
export function quoteHcl(text: string): string {
  // By functions: in a replacement text `$$` means one dollar.
  return JSON.stringify(text.toWellFormed())
    .replaceAll(/\\[\\bf]/g, (found) => hclEscapes[found] ?? found)
    .replaceAll(/[$%]\{/g, (opening) => `${opening[0]}${opening}`);
}

/** Two of JSON's escapes that Terraform does not know: one odd name must not spoil a whole file. */
const hclEscapes: Readonly<Record<string, string>> = { '\\b': '\\u0008', '\\f': '\\u000c' };

/** A Terraform resource label made of any words. */
export function buildHclLabel(...words: readonly string[]): string {
  return words
    .join('_')
    .replaceAll(/[^A-Za-z0-9_-]/g, '_')
    .replaceAll('-', '_')
    .replace(/^(\d)/, '_$1');
}
