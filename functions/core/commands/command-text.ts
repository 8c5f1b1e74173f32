/** A word for a POSIX shell: as it is when harmless, else in single quotes. Names come from other people's estates. */
export function quoteShell(word: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** A Terraform string literal; interpolation and directives in foreign text stay text. */
export function quoteHcl(text: string): string {
  // By a function: in a replacement text `$$` means one dollar.
  return JSON.stringify(text).replaceAll(/[$%]\{/g, (opening) => `${opening[0]}${opening}`);
}

/** A Terraform resource label made of any words. */
export function buildHclLabel(...words: readonly string[]): string {
  return words
    .join('_')
    .replaceAll(/[^A-Za-z0-9_-]/g, '_')
    .replaceAll('-', '_')
    .replace(/^(\d)/, '_$1');
}
