// What happens in a run, line by line, for whoever looks at a seed.

export class Trace {
  private readonly write: ((line: string) => void) | undefined;
  private readonly now: () => number;

  /** @param write takes every line. @default nobody does, and no line is made */
  constructor(now: () => number, write?: (line: string) => void) {
    this.now = now;
    this.write = write;
  }

  say(line: () => string): void {
    this.write?.(`${this.now().toFixed(3).padStart(11)} ${line()}`);
  }
}
