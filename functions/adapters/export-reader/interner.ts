/** The one copy of a text. */
export type Intern = (text: string) => string;

/** Texts beyond this many are left as they are: what is all different is not worth a table. */
const mostTexts = 50_000;

/** Keeps one copy of texts that come again and again (roles, members, times of one export), so that the rest can be let go. */
export function createInterner(): Intern {
  const texts = new Map<string, string>();
  return (text) => {
    const known = texts.get(text);
    if (known !== undefined) return known;
    if (texts.size < mostTexts) texts.set(text, text);
    return text;
  };
}
