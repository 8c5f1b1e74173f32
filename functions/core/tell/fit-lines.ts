/** More than Slack shows of one message, and far less than a document of the ledger may hold (1 MiB). Characters. */
const most = 60_000;
const longestLine = 3000;

/** Lines of one message, as many as fit; how many are left out is said. Whoever can bring about thousands of findings must not silence the rest by it. */
export function fitLines(lines: readonly string[]): readonly string[] {
  const kept: string[] = [];
  let length = 0;
  for (const line of lines) {
    const cut = line.length > longestLine ? `${line.slice(0, longestLine)}…` : line;
    length += cut.length;
    if (length > most)
      return [...kept, `and ${lines.length - kept.length} more: sallyport scan and the report name all`];
    kept.push(cut);
  }
  return kept;
}
