// k-way merge of sorted streams of batches with a binary heap; holds one batch of each.

interface Cursor<T> {
  batch: T[];
  next: number;
  source: AsyncIterator<T[]>;
}

const BATCH = 1024;

/** Merges sources that are each in the order of `compare`, a total order. */
export async function* merge<T>(
  sources: readonly AsyncIterable<T[]>[],
  compare: (a: T, b: T) => number,
): AsyncGenerator<T[]> {
  const iterators = sources.map((source) => source[Symbol.asyncIterator]());
  const before = (a: Cursor<T>, b: Cursor<T>) => compare(headOf(a), headOf(b)) < 0;
  const heap: Cursor<T>[] = [];
  try {
    for (const source of iterators) {
      const cursor = { batch: [], next: 0, source };
      if (await fill(cursor)) heap.push(cursor);
    }
    for (let at = (heap.length >> 1) - 1; at >= 0; at -= 1) sink(heap, at, before);
    let out: T[] = [];
    for (let top = heap[0]; top !== undefined; top = heap[0]) {
      out.push(headOf(top));
      top.next += 1;
      if (top.next === top.batch.length && !(await fill(top))) {
        const last = heap.pop()!;
        if (last !== top) heap[0] = last;
      }
      sink(heap, 0, before);
      if (out.length === BATCH) {
        yield out;
        out = [];
      }
    }
    if (out.length > 0) yield out;
  } finally {
    await Promise.all(iterators.map((iterator) => iterator.return?.()));
  }
}

function headOf<T>(cursor: Cursor<T>): T {
  return cursor.batch[cursor.next]!;
}

/** Loads the next batch that is not empty. @returns false at the end */
async function fill<T>(cursor: Cursor<T>): Promise<boolean> {
  for (;;) {
    const { done, value } = await cursor.source.next();
    if (done) return false;
    if (value.length === 0) continue;
    cursor.batch = value;
    cursor.next = 0;
    return true;
  }
}

function sink<T>(heap: T[], from: number, before: (a: T, b: T) => boolean): void {
  let at = from;
  for (;;) {
    let least = at;
    for (const child of [2 * at + 1, 2 * at + 2]) {
      if (child < heap.length && before(heap[child]!, heap[least]!)) least = child;
    }
    if (least === at) return;
    [heap[at], heap[least]] = [heap[least]!, heap[at]!];
    at = least;
  }
}
