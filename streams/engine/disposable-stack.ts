// `AsyncDisposableStack` for Node 22, which is let in and does not have it yet; nothing where it is there.
// The part of the proposal that is used here (ECMAScript explicit resource management, 2025).

type Dispose = () => unknown;

/** Resources that close together, the last one first, whatever fails on the way. */
export class AsyncStack implements AsyncDisposable {
  #disposals: Dispose[] = [];
  #isDisposed = false;

  get disposed(): boolean {
    return this.#isDisposed;
  }

  /** Takes a resource, which closes with the stack. @returns the resource */
  use<T extends AsyncDisposable | Disposable | null | undefined>(resource: T): T {
    this.#mustBeOpen();
    if (resource === null || resource === undefined) return resource;
    const dispose =
      (resource as Partial<AsyncDisposable>)[Symbol.asyncDispose] ??
      (resource as Partial<Disposable>)[Symbol.dispose];
    if (typeof dispose !== 'function') throw new TypeError('The resource cannot be disposed of.');
    this.#disposals.push(() => dispose.call(resource));
    return resource;
  }

  /** Takes a value with what closes it. @returns the value */
  adopt<T>(value: T, close: (value: T) => unknown): T {
    this.defer(() => close(value));
    return value;
  }

  defer(close: Dispose): void {
    this.#mustBeOpen();
    this.#disposals.push(close);
  }

  /** @returns a stack with all resources of this one, which is done with */
  move(): AsyncStack {
    this.#mustBeOpen();
    const next = new AsyncStack();
    [next.#disposals, this.#disposals] = [this.#disposals, []];
    this.#isDisposed = true;
    return next;
  }

  disposeAsync(): Promise<void> {
    return this[Symbol.asyncDispose]();
  }

  /** @throws the error of a resource, the last one; earlier ones are its `suppressed` */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    let failed: { readonly error: unknown } | undefined;
    for (const dispose of this.#disposals.reverse()) {
      try {
        await dispose();
      } catch (error) {
        failed = { error: failed ? suppressing(error, failed.error) : error };
      }
    }
    if (failed) throw failed.error;
  }

  #mustBeOpen(): void {
    if (this.#isDisposed) throw new ReferenceError('The stack was disposed of.');
  }
}

function suppressing(error: unknown, suppressed: unknown): Error {
  const both = new Error('An error was suppressed during disposal.');
  return Object.assign(both, { name: 'SuppressedError', error, suppressed });
}

const own = globalThis as { AsyncDisposableStack?: unknown };
own.AsyncDisposableStack ??= AsyncStack;
