// Taobao: a hand-worked log, and a part of the real one where it is at hand.
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { taobao } from '../../datasets/taobao.ts';
import { collect, faults } from '../support/log-checks.ts';

const fixture = join(import.meta.dirname, 'fixtures/taobao');
const outside = process.env.MILLRACE_DATA ?? join(import.meta.dirname, '../../../shared/data');
const real = join(outside, 'taobao');
let scratch: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'millrace-taobao-'));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

describe('Taobao', () => {
  it('gives what follows a view within a day to the latest view of that item', async () => {
    await using log = await taobao.open(fixture, { scratch });
    const told = (await collect(log.steps())).flatMap((step) => {
      if (step.kind === 'impression') {
        return `view ${step.impression.impressionId}: ${step.impression.items[0]!.itemId}`;
      }
      if (step.kind !== 'click') return [];
      const { kind, value, itemId, impressionId } = step.click;
      return `${kind} ${value} of ${itemId} for ${impressionId || 'no view'}`;
    });
    expect(told).toEqual([
      'view taobao-1-1511539200-0: 100',
      'buy 4 of 100 for no view',
      // The cart comes first in the file, in the same second as its view.
      'view taobao-2-1511539210-1: 200',
      'cart 1 of 200 for taobao-2-1511539210-1',
      'cart 1 of 100 for taobao-1-1511539200-0',
      'view taobao-1-1511539200-2: 300',
      'view taobao-1-1511539200-3: 300',
      'cart 1 of 300 for taobao-1-1511539200-3',
      // 23:59:59 after the view, and a whole day after it.
      'buy 4 of 100 for taobao-1-1511539200-0',
      'favourite 2 of 100 for no view',
    ]);
  });

  it('counts every row once, and only views as shown', async () => {
    await using log = await taobao.open(fixture, { scratch });
    const steps = await collect(log.steps());
    expect(steps.map((step) => ('rows' in step ? step.rows : 0)).filter(Boolean)).toHaveLength(14);
    const slates = steps.flatMap((step) => (step.kind === 'impression' ? [step.impression] : []));
    // Views before / candidates: none of 1 item, 1 of 2, 2 of 3, then item 300 again: (1 + 1) / (3 + 3).
    const shares = slates.map((slate) => slate.items[0]!.propensity);
    expect(shares).toEqual([1, 1 / 3, 1 / 5, 2 / 6]);
    const sessions = steps.flatMap((step) => (step.kind === 'session' ? [step.sessionId] : []));
    expect(sessions).toEqual(['taobao-1-1511539200', 'taobao-2-1511539210', 'taobao-1-1511625599']);
  });

  it('says why a row cannot be read', async () => {
    await using log = await taobao.open(fixture, { scratch });
    const steps = await collect(log.steps());
    const reasons = steps.flatMap((step) => (step.kind === 'dead' ? [step.deadLetter.reason] : []));
    expect(reasons).toEqual([
      expect.stringContaining('timestamp "-2134949234" is outside'),
      expect.stringContaining('none of pv, cart, fav, buy'),
      expect.stringContaining('2 fields instead of 5'),
      // Known when the whole log is read.
      expect.stringContaining('its time 2037-04-09T'),
    ]);
  });

  it('makes its catalogue from the log', async () => {
    const items = await collect(taobao.items(fixture));
    expect(items.map((item) => `${item.title}: ${item.groups}`)).toEqual([
      'item 100: 7',
      'item 300: 8',
      'item 200: 7',
    ]);
  });

  const title = 'plays a real part of the log';
  if (!existsSync(real)) {
    it.skip(`${title}: no taobao/ in MILLRACE_DATA`, () => undefined);
    return;
  }
  it(title, async () => {
    await using log = await taobao.open(real, { scratch });
    const steps = await collect(log.steps());
    expect(faults(steps, log, taobao)).toEqual([]);
    expect(log.rows).toBe(84_476);
    const clicks = steps.flatMap((step) => (step.kind === 'click' ? [step.click] : []));
    // Counted by a separate script over the raw file; the last line is cut.
    expect(steps.filter((step) => step.kind === 'impression')).toHaveLength(75_872);
    expect(clicks).toHaveLength(8_603);
    expect(clicks.filter((click) => click.impressionId !== '')).toHaveLength(1_578);
    expect(steps.filter((step) => step.kind === 'dead')).toHaveLength(1);
  }, 60_000);
});
