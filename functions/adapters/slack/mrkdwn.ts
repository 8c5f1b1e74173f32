import { removeCredentials } from '../scrub.ts';

/**
 * Foreign text for a `plain_text` object and for notifications: Slack formats nothing there and makes no mention or link
 * of it; the three characters of its escape sequences are escaped all the same. Control characters and marks that turn
 * the direction of writing come out as visible `\u{NNNN}`. Line breaks stay only between `lines`.
 */
export function plainText(...lines: readonly string[]): string {
  return lines.map(oneLine).join('\n');
}

/** Foreign text in a code span of mrkdwn: nothing is formatted there, and no backtick of the text can end it. */
export function codeSpan(text: string): string {
  const shown = cutText(neutralBackticks(oneLine(text)).trim(), 1800);
  return shown === '' ? '`–`' : `\`${shown}\``;
}

/** Foreign text in a code block of mrkdwn, line breaks kept. */
export function codeBlock(text: string): string {
  const lines = removeCredentials(text).trimEnd().split(/\r?\n/);
  return `\`\`\`\n${lines.map((line) => neutralBackticks(escapeEntities(showHidden(line.replaceAll('\t', '  '))))).join('\n')}\n\`\`\``;
}

/** At most `limit` characters, no entity and no surrogate pair cut in two; that something is cut off is said. */
export function cutText(text: string, limit: number, note = ' … (cut)'): string {
  if (text.length <= limit) return text;
  return text.slice(0, limit - note.length).replace(/&[a-z]{0,4}$|[\uD800-\uDBFF]$/, '') + note;
}

function oneLine(text: string): string {
  return escapeEntities(showHidden(removeCredentials(text).replaceAll(/[ \t\r\n]+/g, ' ')));
}

/** Slack's own rule for text that is no markup: these three and no others. */
function escapeEntities(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** U+02CB looks like it and ends nothing. */
function neutralBackticks(text: string): string {
  return text.replaceAll('`', '\u02cb');
}

/** Controls (C0, DEL, C1), direction marks, line and paragraph separators, invisible joiners, lone surrogates. */
function showHidden(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, (character) => {
    return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
}
