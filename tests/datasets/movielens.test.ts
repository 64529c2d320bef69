// MovieLens: a hand-worked log, and the shipped one whole.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { movielens } from '../../datasets/movielens.ts';
import { collect, faults } from '../support/log-checks.ts';

const fixture = join(import.meta.dirname, 'fixtures/movielens');
const shipped = join(import.meta.dirname, '../../data/movielens-small');
let scratch: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'millrace-movielens-'));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

const openSteps = async (folder: string) => {
  await using log = await movielens.open(folder, { scratch });
  return await collect(log.steps());
};

describe('MovieLens', () => {
  it('cuts sessions and slates, each step at its own time', async () => {
    const second = 1_000_000_000;
    const told = (await openSteps(fixture)).flatMap((step) => {
      const at = step.at / 1000 - second;
      if (step.kind === 'session') return `${at} session ${step.sessionId} row ${step.row}`;
      if (step.kind === 'impression')
        return `${at} ${step.impression.impressionId} of ${step.rows}`;
      if (step.kind === 'click') return `${at} ${step.click.clickId} ${step.click.value}`;
      return [];
    });
    const crowd = 'movielens-3-1000010000';
    expect(told).toEqual([
      '0 session movielens-1-1000000000 row 2',
      '0 movielens-1-1000000000-0 of 3',
      '0 movielens-1-1000000000-0-0 4',
      '30 session movielens-2-1000000030 row 3',
      '30 movielens-2-1000000030-0 of 2',
      '30 movielens-2-1000000030-0-0 4.5',
      '60 movielens-1-1000000000-0-1 3.5',
      '120 movielens-1-1000000000-0-2 5',
      // 29:59 after the one before: the same session. The next comes 30:00 later: another.
      '1829 movielens-2-1000000030-0-1 0.5',
      '3629 session movielens-2-1000003629 row 7',
      '3629 movielens-2-1000003629-0 of 1',
      '3629 movielens-2-1000003629-0-0 4',
      `10000 session ${crowd} row 8`,
      `10000 ${crowd}-0 of 10`,
      ...Array.from({ length: 10 }, (_, position) => `10000 ${crowd}-0-${position} 3`),
      `10000 ${crowd}-1 of 2`,
      `10000 ${crowd}-1-0 3`,
      `10000 ${crowd}-1-1 4`,
    ]);
  });

  it('estimates propensities from what came before the slate', async () => {
    const slates = (await openSteps(fixture)).flatMap((step) =>
      step.kind === 'impression' ? [step.impression] : [],
    );
    // 1: nothing before, films 1, 2 and 1 again: 3 candidates at least; (0 + 1) / (0 + 3).
    // 2: one rating before; films 1, 2, 3 are candidates: 1 / (1 + 3), though 2 was rated later by 1.
    // 3: film 1 twice among five ratings of three films: (2 + 1) / (5 + 3).
    // 4: six ratings of three films, ten new ones: 1 / (6 + 13). 5: 1 / (16 + 15).
    const expected = [
      [1 / 3, 3, 3],
      [1 / 4, 3, 2],
      [3 / 8, 3, 1],
      [1 / 19, 13, 10],
      [1 / 31, 15, 2],
    ] as const;
    expect(slates).toHaveLength(expected.length);
    for (const [index, [propensity, candidates, length]] of expected.entries()) {
      const slate = slates[index]!;
      expect(slate.candidateCount).toBe(candidates);
      expect(slate.items.map((item) => item.position)).toEqual([...Array(length).keys()]);
      for (const item of slate.items) {
        expect(item.propensity).toBeCloseTo(propensity, 12);
        expect(item.score).toBeCloseTo(Math.log(propensity), 12);
      }
      expect(slate.slateLogProb).toBeCloseTo(length * Math.log(propensity), 12);
    }
    expect(slates[0]).toMatchObject({
      servedBy: 'logged',
      policy: 'logged',
      tier: 'foreign',
      propensitySource: 'estimated',
      requestId: null,
      latencyMs: 0,
    });
  });

  it('takes 4 stars for a click', async () => {
    const liked = (await openSteps(fixture)).flatMap((step) =>
      step.kind === 'click' && step.click.positive ? [step.click.value] : [],
    );
    expect(liked).toEqual([4, 4.5, 5, 4, 4]);
  });

  it('reads titles with commas and quotes, years, genres and decades', async () => {
    const [plain, quoted, bare] = await collect(movielens.items(fixture));
    expect(plain).toEqual({
      itemId: '1',
      at: 0,
      title: 'A Plain Film (1995)',
      text: 'A Plain Film (1995), genres Adventure, Animation',
      groups: ['Adventure', 'Animation', '1990s'],
      attributes: { year: '1995' },
    });
    expect(quoted).toMatchObject({
      title: 'Comma, The "Film" (2001)',
      groups: ['Comedy', '2000s'],
    });
    expect(bare).toMatchObject({ title: 'Without a Year', groups: [], attributes: {} });
  });

  it('reads Latin-1 and UTF-8, `::` and bars, in the older editions', async () => {
    const folder = (edition: string) => join(import.meta.dirname, `fixtures/movielens-${edition}`);
    const films = async (edition: string) =>
      (await collect(movielens.items(folder(edition)))).map(({ itemId, title, groups }) => [
        ...[itemId, title, groups.join(' ')],
      ]);
    expect(await films('1m')).toEqual([
      ['10', 'Misérables, Les (1995)', 'Drama Musical 1990s'],
      ['20', 'Two: Part 2 (1986)', "Children's Comedy 1980s"],
      ['30', 'Rêve, in UTF-8 as in 10M (2001)', 'Drama 2000s'],
    ]);
    expect(await films('100k')).toEqual([
      ['242', 'Café, Le (1996)', 'Comedy 1990s'],
      ['267', 'unknown', ''],
      ['302', 'Film Noir (1997)', 'Crime Film-Noir Mystery Thriller 1990s'],
      ['377', 'Undated Title', "Children's 1990s"],
    ]);
    expect(await collect(movielens.users!(folder('1m')))).toEqual([
      { userId: '1', features: ['gender:F', 'age:1', 'occupation:10', 'zip:48067'] },
      { userId: '2', features: ['gender:M', 'age:56', 'occupation:16', 'zip:70072'] },
    ]);
    expect((await collect(movielens.users!(folder('100k'))))[1]).toEqual({
      userId: '186',
      features: ['age:39', 'gender:F', 'occupation:executive'],
    });
  });

  it('plays the shipped log whole', async () => {
    await using log = await movielens.open(shipped, { scratch });
    const steps = await collect(log.steps());
    expect(faults(steps, log, movielens)).toEqual([]);
    const rows = { impression: 0, click: 0, request: 0, session: 0, dead: 0, end: 0 };
    const counts = { ...rows, positive: 0 };
    for (const step of steps) {
      counts[step.kind] += 1;
      if ('rows' in step) rows[step.kind] += step.rows;
      if (step.kind === 'click' && step.click.positive) counts.positive += 1;
    }
    expect(log.rows).toBe(100_004);
    expect(rows).toMatchObject({ impression: 100_004, click: 0, dead: 0 });
    // Counted by a separate script over the raw file.
    expect(counts).toEqual({
      impression: 14_687,
      click: 100_004,
      session: 6_511,
      request: 0,
      dead: 0,
      end: 1,
      positive: 51_568,
    });
    expect(await collect(movielens.items(shipped))).toHaveLength(9_066);
  }, 60_000);

  it('every film of the shipped one has its title', async () => {
    const titles = new Map<string, string>();
    for await (const { itemId, title } of movielens.items(shipped)) titles.set(itemId, title);
    expect(titles.size).toBe(9066);
    expect([...titles.values()].filter((title) => title === '' || title === 'NA')).toEqual([]);
    // Those whose year is not written as the others'.
    expect(['108548', '108583', '143410', '151307', '162376'].map((id) => titles.get(id))).toEqual([
      'Big Bang Theory, The (2007-)',
      'Fawlty Towers (1975-1979)',
      'Hyena Road',
      'The Lovers and the Despot',
      'Stranger Things',
    ]);
  });
});
