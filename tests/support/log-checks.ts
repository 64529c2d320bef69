// What holds for the steps of every log, checked without jest's cost per step, so real logs can pass too.
import type { Dataset, LogStep, OpenLog } from '../../datasets/dataset.ts';
import type { Impression } from '../../schemas/topics/impressions.ts';

export async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of source) all.push(one);
  return all;
}

/** Every broken promise of the contract, in words; empty when there is none. */
export function faults(
  steps: readonly LogStep[],
  log: OpenLog,
  dataset: Pick<Dataset, 'attributionWindowMs'>,
): string[] {
  const found: string[] = [];
  const say = (index: number, what: string) => found.push(`step ${index}: ${what}`);
  const shown = new Map<string, Impression>();
  const ids = new Set<string>();
  const inSession = new Set<string>();
  let rows = 0;
  let at = Number.NEGATIVE_INFINITY;
  let timed = false;
  let row = -1;
  const unique = (index: number, id: string) => {
    if (ids.has(id)) say(index, `${id} comes twice`);
    ids.add(id);
  };
  for (const [index, step] of steps.entries()) {
    if (step.at < at) say(index, `time goes back from ${at} to ${step.at}`);
    at = step.at;
    if ('rows' in step) rows += step.rows;
    const repeated = step.kind === 'dead' && step.deadLetter.code === 'row-duplicate';
    if (step.kind === 'dead' && timed && !repeated)
      say(index, 'a dead row after the timed steps began');
    if (step.kind !== 'dead') timed = true;
    if (step.kind === 'session') {
      unique(index, `session ${step.sessionId}`);
      inSession.add(step.userId);
      if (step.row <= row || step.row >= log.rows) say(index, `row ${step.row} after ${row}`);
      row = step.row;
    }
    if (step.kind === 'impression') {
      const { impression } = step;
      unique(index, `impression ${impression.impressionId}`);
      shown.set(impression.impressionId, impression);
      if (impression.at !== step.at) say(index, 'the impression has another time');
      if (!inSession.has(impression.userId)) say(index, 'an impression before its session');
      if (impression.candidateCount < impression.items.length) say(index, 'too few candidates');
      const logs = impression.items.map((item) => Math.log(item.propensity));
      const sum = logs.reduce((a, b) => a + b, 0);
      if (!(Math.abs(sum - impression.slateLogProb) < 1e-9)) say(index, 'slateLogProb is no sum');
      if (impression.items.some((item) => !(item.propensity > 0 && item.propensity <= 1))) {
        say(index, 'a propensity outside (0, 1]');
      }
    }
    if (step.kind === 'click') {
      const { click } = step;
      unique(index, `click ${click.clickId}`);
      if (click.at !== step.at) say(index, 'the click has another time');
      const slate = shown.get(click.impressionId);
      if (click.impressionId === '') continue;
      if (!slate) say(index, `its impression ${click.impressionId} has not come`);
      else if (slate.userId !== click.userId) say(index, 'the impression is of another user');
      else if (!slate.items.some((item) => item.itemId === click.itemId)) {
        say(index, 'the impression does not show its item');
      } else if (click.at - slate.at > dataset.attributionWindowMs) {
        say(index, `it comes ${click.at - slate.at} ms after its impression`);
      }
    }
    if ((step.kind === 'end') !== (index === steps.length - 1)) say(index, 'end is not at the end');
  }
  if (rows !== log.rows) found.push(`${rows} rows in the steps, ${log.rows} in the log`);
  const latest = Math.max(...[...shown.values()].slice(-1).map((impression) => impression.at));
  if (at <= latest + dataset.attributionWindowMs) found.push('the end closes no window');
  return found;
}
