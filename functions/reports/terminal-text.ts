/**
 * Foreign text that may go to a terminal: control characters, escape sequences and marks that turn the direction of
 * writing come out as visible `\xNN` or `\u{NNNN}`, so that a resource's name cannot move the cursor or hide a line.
 */
export function escapeTerminal(text: string): string {
  return text.replaceAll(unsafe, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}

/** Controls (C0, DEL, C1), direction marks, line and paragraph separators, invisible joiners, lone surrogates. */
const unsafe = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Breaks text at spaces into lines of at most `columns`; a word that is longer stands alone. */
export function wrapWords(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** A shell command on several lines that can be pasted as it is: broken between words, with `\` at the ends. */
export function wrapCommand(command: string, columns: number): readonly string[] {
  // A word in quotes may hold spaces: such a command is not broken.
  if (/['"\\]/.test(command)) return [command];
  const lines = wrapWords(command, Math.max(20, columns - 4));
  return lines.map((line, index) => (index === 0 ? line : `  ${line}`) + (index < lines.length - 1 ? ' \\' : ''));
}
