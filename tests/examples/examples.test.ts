// The examples as tests: what each one shows is so.
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { run as attribution } from '../../examples/01-attribution.ts';
import { run as decide } from '../../examples/02-decide.ts';
import { run as learn } from '../../examples/03-learn.ts';
import { run as offPolicy, snips } from '../../examples/04-off-policy.ts';
import { run as ownStage } from '../../examples/05-your-own-stage.ts';
import { shown } from '../../examples/support/events.ts';

const folder = join(import.meta.dirname, '../../examples');
const numbered = readdirSync(folder).filter((file) => /^\d\d-.*\.ts$/.test(file));
const silent = () => undefined;

describe('examples', () => {
  it('01: joins by event time, closes without a click, tells what is late', () => {
    const { joined, dead } = attribution(silent);
    const told = joined.map(({ impressionId, items, state }) => [
      impressionId,
      items.map(({ reward }) => reward),
      state.positives,
    ]);
    expect(told).toEqual([
      ['morning', [0, 1], 0],
      ['noon', [0], 1],
    ]);
    // Shown in minute 10, it waited until minute 40, which is no longer in the window.
    expect(dead.map(({ code }) => code)).toEqual(['click-late']);
  });

  it('02: logs the propensities it drew with, the same at each draw', () => {
    const { slate, again } = decide(silent);
    expect(again).toEqual(slate);
    const names = ['Up', 'Ran', 'Solaris', 'Casablanca', 'M'];
    const total = names.reduce((sum, name) => sum + Math.exp(-name.length), 0);
    const p = (name: string) => (0.9 * Math.exp(-name.length)) / total + 0.1 / names.length;
    let left = 1;
    for (const { position, itemId, propensity, targetPropensities } of slate.items) {
      expect(propensity).toBeCloseTo(p(itemId) / left, 12);
      expect(targetPropensities[0]).toBeCloseTo(propensity, 12);
      expect(targetPropensities[1]).toBeCloseTo(1 / (names.length - position), 12);
      left -= p(itemId);
    }
    expect(slate.items).toHaveLength(3);
    const product = slate.items.reduce((all, { propensity }) => all * propensity, 1);
    expect(Math.exp(slate.slateLogProb)).toBeCloseTo(product, 12);
  });

  it('03: beats popularity, and the means of user and item', async () => {
    const { ratings, auc } = await learn(silent);
    expect(ratings).toBe(5_000);
    expect(auc.millrace).toBeGreaterThan(auc.popularity! + 0.06);
    expect(auc.millrace).toBeGreaterThan(auc.means! + 0.01);
  }, 60_000);

  it('04: estimates what a policy earns from slates it did not choose', () => {
    const { slates, uniform, millrace, estimate } = offPolicy(silent);
    expect(slates).toHaveLength(2_500);
    // Five items at random: a mean of their appeal, 1.55 / 5; standard error √(0.31 · 0.69 / 1250).
    expect(Math.abs(uniform - 0.31)).toBeLessThan(3 * 0.0131);
    expect(millrace).toBeGreaterThan(uniform + 0.1);
    // Weights are at most 5, so E[w²] ≤ 5: standard error at most √(5 · ¼ / 1250) and √(¼ / 1250).
    expect(Math.abs(estimate - millrace)).toBeLessThan(3 * Math.hypot(0.0316, 0.0141));
  }, 60_000);

  it('04: sums by hand', () => {
    const slate = (id: string, propensity: number, target: number) => {
      const { items, ...rest } = shown(id, 'u', 0, ['a']);
      const item = { ...items[0]!, propensity, targetPropensities: [propensity, target] };
      return { ...rest, variants: ['own', 'other'], items: [item] };
    };
    const two = [slate('clicked', 0.5, 0.25), slate('passed', 0.2, 0.4)];
    // Weights ½ and 2: (½ · 1 + 2 · 0) / 2½.
    expect(snips(two, 'other', (id) => id === 'clicked')).toBeCloseTo(0.2, 12);
    expect(snips(two, 'own', (id) => id === 'clicked')).toBeCloseTo(0.5, 12);
  });

  it('05: finds how concentrated the first hour was', () => {
    // Of 12 places: a 3, b 2, c 2, five others 1 each.
    expect(ownStage(silent)).toEqual([
      {
        at: 3_600_000,
        kind: 'bias',
        component: 'exposure',
        name: 'or-ratio',
        value: 7 / 12,
        count: 12,
      },
    ]);
  });

  it('are all listed, begin with what they show, and are tested here', () => {
    const index = readFileSync(join(folder, 'README.md'), 'utf8');
    const own = readFileSync(import.meta.filename, 'utf8');
    for (const file of numbered) {
      expect(index).toContain(`(${file})`);
      expect(own).toContain(`/examples/${file}'`);
      expect(readFileSync(join(folder, file), 'utf8')).toMatch(/^\/\/ [A-Z]/);
    }
    const folders = readdirSync(folder, { withFileTypes: true })
      .filter((one) => one.isDirectory() && one.name !== 'support')
      .map(({ name }) => name);
    for (const name of folders) expect(index).toContain(`- [${name}](${name}`);
    expect(index.match(/^- \[/gm)).toHaveLength(numbered.length + folders.length);
  });

  it('print when they are run', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [join(folder, '02-decide.ts')], {
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    expect(stdout.trim().split('\n')).toHaveLength(5);
  });
});
