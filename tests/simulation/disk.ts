// The disk of a simulated machine: the stores on it outlive the process. What was applied is there, whole,
// with its checkpoint; after a death a file may also be gone.
import type { Backing, Change, OpenBacking } from '../../streams/engine/store.ts';

interface File {
  values: Map<string, unknown>;
  checkpoint: number;
  /** The values before the latest changes, for a disk that loses them. */
  before: Map<string, unknown>;
}

export class Disk {
  private readonly files = new Map<string, File>();

  /** Opens the store of a task; `opened` hears of it. */
  opener(opened: (name: string, backing: DiskBacking) => void): OpenBacking {
    return (def, partition) => {
      const name = `${def.name}/${partition}`;
      const file = this.files.get(name) ?? { values: new Map(), checkpoint: 0, before: new Map() };
      this.files.set(name, file);
      const backing = new DiskBacking(file);
      opened(name, backing);
      return backing;
    };
  }

  /** Loses every file. */
  wipe(): void {
    this.files.clear();
  }

  /** Loses the latest changes of every file, while its checkpoint stays: what no disk may do. */
  loseLatest(): void {
    for (const file of this.files.values()) file.values = new Map(file.before);
  }
}

export class DiskBacking implements Backing<unknown> {
  private readonly file: File;

  constructor(file: File) {
    this.file = file;
  }

  get(key: string): unknown {
    return this.file.values.get(key);
  }

  has(key: string): boolean {
    return this.file.values.has(key);
  }

  entries(): Iterable<[string, unknown]> {
    return this.file.values.entries();
  }

  get size(): number {
    return this.file.values.size;
  }

  apply(changes: readonly Change<unknown>[], next: number | undefined): void {
    const { file } = this;
    file.before = new Map(file.values);
    for (const [key, value] of changes) {
      if (value === null) file.values.delete(key);
      else file.values.set(key, value);
    }
    file.checkpoint = next ?? file.checkpoint;
  }

  get checkpoint(): number {
    return this.file.checkpoint;
  }

  clear(): void {
    this.file.values.clear();
    this.file.checkpoint = 0;
  }

  close(): void {}
}
