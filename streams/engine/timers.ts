// A binary heap of (time, key), earliest first; equal times by key, so order never depends on history.

type Timer = readonly [time: number, key: string];

function before(a: Timer, b: Timer): boolean {
  return a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]);
}

export class TimerHeap {
  private readonly heap: Timer[] = [];

  clear(): void {
    this.heap.length = 0;
  }

  peek(): Timer | undefined {
    return this.heap[0];
  }

  push(time: number, key: string): void {
    const heap = this.heap;
    const timer: Timer = [time, key];
    let at = heap.length;
    heap.push(timer);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!before(timer, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = timer;
  }

  pop(): Timer | undefined {
    const heap = this.heap;
    const top = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return top;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++;
      if (!before(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return top;
  }
}
