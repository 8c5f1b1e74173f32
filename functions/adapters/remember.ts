/**
 * Keeps the answer to each question for `ttlMs`; callers that ask at the same time share one call, and a failure is not kept.
 */
export function remember<Question, T>(
  now: () => number,
  ttlMs: number,
  ask: (question: Question) => Promise<T>,
  keyOf: (question: Question) => string = String,
): (question: Question) => Promise<T> {
  const answers = new Map<string, { readonly at: number; readonly answer: Promise<T> }>();
  return (question) => {
    const key = keyOf(question);
    const known = answers.get(key);
    if (known && now() - known.at < ttlMs) return known.answer;
    const entry = { at: now(), answer: ask(question) };
    answers.set(key, entry);
    entry.answer.catch(() => {
      if (answers.get(key) === entry) answers.delete(key);
    });
    return entry.answer;
  };
}
