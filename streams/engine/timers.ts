// Times with their keys, earliest first; equal times by key, so order never depends on history.
import { PriorityQueue } from './priority-queue.ts';

type Timer = readonly [time: number, key: string];

function before(a: Timer, b: Timer): boolean {
  return a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]);
}

export class TimerHeap {
  private readonly queue = new PriorityQueue<Timer>(before);

  clear(): void {
    this.queue.clear();
  }

  peek(): Timer | undefined {
    return this.queue.peek();
  }

  push(time: number, key: string): void {
    this.queue.push([time, key]);
  }

  pop(): Timer | undefined {
    return this.queue.pop();
  }
}
