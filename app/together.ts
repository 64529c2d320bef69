/**
 * Opens several things at once. If one fails, those that opened are closed before the error is
 * thrown.
 */
export async function openTogether<T extends readonly unknown[]>(
  stack: AsyncDisposableStack,
  opening: { [K in keyof T]: T[K] | Promise<T[K]> },
): Promise<T> {
  const results = await Promise.allSettled(opening);
  const failed = results.find((result) => result.status === 'rejected');
  if (!failed) return results.map((r) => (r as PromiseFulfilledResult<unknown>).value) as never;
  for (const result of results) {
    const value = result.status === 'fulfilled' ? (result.value as object | null) : null;
    if (value && Symbol.asyncDispose in value) stack.use(value as AsyncDisposable);
  }
  throw failed.reason;
}
