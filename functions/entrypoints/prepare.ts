/**
 * What a function needs for every request, made once an instance and from its start on, so that the first request finds the
 * waiting done; made again after a failure, because what was wrong may be mended meanwhile. Where one module holds
 * several functions, only the one that is served (`FUNCTION_TARGET`) is prepared before it is asked.
 */
export function prepare<T>(target: string, make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  const get = () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
  // The first request tries again, and says what is wrong.
  if (process.env['FUNCTION_TARGET'] === target) get().catch(() => undefined);
  return get;
}
