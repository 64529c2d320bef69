// The same decisions, written for each side.
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { decisions, type StreamOptions, worldOf } from './stream.ts';
import { vwExample } from './vw-text.ts';

export interface Files {
  readonly ours: string;
  /** File with one example for each decision: all candidates, the outcome of the first position. */
  readonly top: string;
  /** File with one example for each outcome: the shown item alone. */
  readonly shown: string;
}

export function writeFiles(folder: string, stream: StreamOptions): Files {
  const files = {
    ours: join(folder, 'decisions.jsonl'),
    top: join(folder, 'top.vw'),
    shown: join(folder, 'shown.vw'),
  };
  const [ours, top, shown] = [files.ours, files.top, files.shown].map((path) =>
    openSync(path, 'w'),
  ) as [number, number, number];
  for (const decided of decisions(worldOf(stream), stream)) {
    writeSync(ours, `${JSON.stringify(decided)}\n`);
    writeSync(top, vwExample(decided, 0));
    const alone = decided.items.map((item) => ({ ...decided, items: [item], unshown: [] }));
    writeSync(shown, alone.map((one) => vwExample(one, 0)).join(''));
  }
  for (const file of [ours, top, shown]) closeSync(file);
  return files;
}
