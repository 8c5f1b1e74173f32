/**
 * Keeps the answer to each question for `ttlMs`; callers that ask at the same time share one call, and a failure is not kept.
 */
export function remember<T>(
  now: () => number,
  ttlMs: number,
  ask: (question: string) => Promise<T>,
): (question: string) => Promise<T> {
  const answers = new Map<string, { readonly at: number; readonly answer: Promise<T> }>();
  return (question) => {
    const known = answers.get(question);
    if (known && now() - known.at < ttlMs) return known.answer;
    const entry = { at: now(), answer: ask(question) };
    answers.set(question, entry);
    entry.answer.catch(() => {
      if (answers.get(question) === entry) answers.delete(question);
    });
    return entry.answer;
  };
}
