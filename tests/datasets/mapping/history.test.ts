// A history of several files: sorted by time, joined, each row counted once, hostile files refused by name.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { LogStep } from '../../../datasets/dataset.ts';
import { History, type RefusedSourceRow } from '../../../datasets/mapping/history.ts';
import { sourcesShape } from '../../../datasets/mapping/shape.ts';
import { readSourceRows } from '../../../datasets/mapping/source-rows.ts';
import { collect } from '../../support/log-checks.ts';

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'millrace-history-'));
});
afterAll(() => rm(home, { recursive: true, force: true }));

const time = { field: 't', unit: 's' };
const rules = [
  { is: 'impression', where: { e: 'view' }, user: 'u', item: 'i', time, id: ['page', 'auto'] },
  {
    is: 'buy',
    where: { e: 'buy' },
    user: 'u',
    item: 'i',
    time,
    value: { field: 'v', otherwise: 1 },
  },
  { is: 'ignored', where: { e: 'ping' } },
];
const start = 1_764_000_000;

interface Told {
  steps: LogStep[];
  refused: RefusedSourceRow[];
  history: History;
}

/** The history of one file. */
async function told(
  name: string,
  content: string | Buffer,
  { rows = rules as unknown[], windowMs = 1_800_000, ...source }: Record<string, unknown> = {},
): Promise<Told> {
  const path = join(home, name);
  await writeFile(path, content);
  const [parsed] = sourcesShape.parse([{ name: 's', from: path, format: 'csv', rows, ...source }]);
  const refused: RefusedSourceRow[] = [];
  await using history = await History.open(
    [{ source: parsed!, name, rows: readSourceRows(path, parsed!) }],
    {
      scratch: join(home, 'scratch'),
      windowMs: windowMs as number,
      latest: (start + 86_400) * 1000,
      onRefused: (row) => refused.push(row),
    },
  );
  return { steps: await collect(history.steps()), refused, history };
}

const csv = (...lines: string[]) => ['e,u,i,t,v,page,auto', ...lines].join('\n');
const row = (e: string, u: string, i: string, t: number, page = '', v = '') =>
  `${e},${u},${i},${start + t},${v},${page},${e}${u}${i}${t}`;
const codes = ({ refused }: Told) => refused.map(({ line, code }) => [line, code]);
const told1 = (steps: readonly LogStep[]) =>
  steps.map((step) =>
    step.kind === 'impression'
      ? ['shown', step.at / 1000 - start, step.impression.items.map(({ itemId }) => itemId).join()]
      : step.kind === 'click'
        ? ['buy', step.at / 1000 - start, step.click.impressionId]
        : [step.kind],
  );

describe('a history', () => {
  it('comes in order of time, feedback joined to the latest slate with its item', async () => {
    const { steps, history } = await told(
      'a.csv',
      csv(
        row('buy', 'u', 'x', 60),
        row('view', 'u', 'x', 0, 'p1'),
        row('view', 'u', 'y', 30, 'p2'),
        row('buy', 'w', 'x', 61),
        row('ping', 'u', '', 0),
      ),
    );
    expect(told1(steps)).toEqual([
      ['shown', 0, 'x'],
      ['shown', 30, 'y'],
      ['buy', 60, 'p1'],
      ['buy', 61, ''],
    ]);
    expect(history.tally.all).toEqual({ read: 5, mapped: 4, ignored: 1, refused: 0 });
    expect(history.tally.unjoined).toBe(1);
  });

  it('joins nothing beyond the window of a slate', async () => {
    const rows = csv(row('view', 'u', 'x', 0, 'p'), row('buy', 'u', 'x', 60));
    const joined = await told('w.csv', rows, { windowMs: 60_001 });
    const late = await told('w.csv', rows, { windowMs: 60_000 });
    expect([joined, late].map(({ steps }) => told1(steps).at(-1)![2])).toEqual(['p', '']);
  });

  it('puts the rows of one slate together, by their positions', async () => {
    const shown = { ...rules[0], position: 'v' };
    const { steps } = await told(
      'p.csv',
      csv(row('view', 'u', 'b', 0, 'p', '1'), row('view', 'u', 'a', 0, 'p', '0')),
      { rows: [shown] },
    );
    expect(told1(steps)).toEqual([['shown', 0, 'a,b']]);
    expect(steps[0]).toMatchObject({ rows: 2 });
  });

  it('estimates propensities by what was shown before', async () => {
    const { steps } = await told(
      'e.csv',
      csv(row('view', 'u', 'x', 0), row('view', 'w', 'x', 1), row('view', 'w', 'y', 2)),
    );
    const propensities = steps.map(
      (step) => step.kind === 'impression' && step.impression.items[0]!.propensity,
    );
    // (n + 1) / (N + C): nothing before; x once of one; y never, of two items and two slates.
    expect(propensities).toEqual([1, 1, 1 / 4]);
  });

  it('refuses what was said before, once, and keeps the first', async () => {
    const twice = row('buy', 'u', 'x', 60);
    const seen = await told(
      'd.csv',
      csv(row('view', 'u', 'x', 0, 'p'), row('view', 'u', 'x', 0, 'p'), twice, twice),
    );
    expect(told1(seen.steps)).toEqual([['dead'], ['shown', 0, 'x'], ['buy', 60, 'p'], ['dead']]);
    expect(codes(seen)).toEqual([
      [3, 'row-duplicate'],
      [5, 'row-duplicate'],
    ]);
    expect(seen.history.tally.all).toEqual({ read: 4, mapped: 2, ignored: 0, refused: 2 });
  });

  it('tells the same steps and the same counts again', async () => {
    const rows = csv(
      ...Array.from({ length: 50 }, (_, i) => row('view', `u${i % 7}`, 'x', i % 11)),
    );
    const [one, other] = [await told('s.csv', rows), await told('s.csv', rows)];
    expect(other.steps).toEqual(one.steps);
    const counted = one.steps.reduce((sum, step) => sum + ('rows' in step ? step.rows : 0), 0);
    expect(counted).toBe(50);
  });

  it('has each catalogue entry once, and again where it has changed', async () => {
    const lines = ['a,1', 'a,1', 'b,2', 'a,3'];
    const path = join(home, 'items.csv');
    await writeFile(path, ['id,name', ...lines].join('\n'));
    const [source] = sourcesShape.parse([
      { name: 's', from: path, format: 'csv', rows: [{ is: 'item', item: 'id', title: 'name' }] },
    ]);
    await using history = await History.open(
      [{ source: source!, name: 'items.csv', rows: readSourceRows(path, source!) }],
      { scratch: join(home, 'scratch'), windowMs: 1 },
    );
    const changes = (await collect(history.items())).flat();
    expect(
      changes.map((one) => one.kind === 'item' && `${one.event.itemId} ${one.event.title}`),
    ).toEqual(['a 1', 'b 2', 'a 3']);
    expect(await collect(history.steps())).toEqual([]);
    expect(history.first).toBeNull();
  });
});

describe('a hostile file', () => {
  const good = row('view', 'u', 'x', 0);

  it('has ragged rows, slips of quotes, foreign bytes: each costs itself', async () => {
    const content = Buffer.concat([
      Buffer.from(
        `${csv(good, `${good},extra`, 'view,u', 'view,"u,x', row('view', 'u', 'y', 1))}\n`,
      ),
      Buffer.from([0x76, 0x69, 0x65, 0x77, 0x2c, 0xff, 0xfe, 0x0a]),
    ]);
    const seen = await told('ragged.csv', content);
    expect(codes(seen)).toEqual([
      [3, 'row-unreadable'],
      [4, 'row-unreadable'],
      [5, 'row-unreadable'],
      [7, 'row-unreadable'],
    ]);
    expect(seen.refused.map(({ what }) => what)).toEqual([
      'it has 8 fields instead of 7',
      'it has 2 fields instead of 7',
      'its quotes do not pair up',
      'its bytes are no UTF-8',
    ]);
    expect(seen.history.tally.all).toEqual({ read: 6, mapped: 2, ignored: 0, refused: 4 });
  });

  it('mixes units, has no user, times to come, fields without end', async () => {
    const seen = await told(
      'units.csv',
      csv(
        good,
        row('view', 'u', 'x', start * 999),
        row('view', '', 'x', 0),
        row('view', 'u', 'x', 200_000),
        row('view', 'u'.repeat(100_000), 'x', 0),
      ),
    );
    expect(codes(seen)).toEqual([
      [3, 'time-invalid'],
      [4, 'field-missing'],
      [5, 'event-ahead'],
      [6, 'id-invalid'],
    ]);
    const dead = seen.steps.flatMap((step) => (step.kind === 'dead' ? [step.deadLetter] : []));
    expect(dead.map(({ code }) => code)).toEqual(codes(seen).map(([, code]) => code));
    expect(dead.at(-1)!.data.length).toBe(100_000);
    expect(dead[1]!.data.toString()).toBe(row('view', '', 'x', 0));
  });

  it('has a byte order mark, carriage returns and quoted lines, which are no slips', async () => {
    const content = `\uFEFF${csv(good, 'buy,u,"x\nx",1764000060,,,z')}`.replaceAll('\n', '\r\n');
    const seen = await told('bom.csv', content);
    expect(seen.refused).toEqual([]);
    expect(told1(seen.steps)).toEqual([
      ['shown', 0, 'x'],
      ['buy', 60, ''],
    ]);
  });

  it('is empty, and says so by a sum of nothing', async () => {
    for (const content of ['', '\n\n', csv()]) {
      const { history } = await told('empty.csv', content);
      expect(history.tally.all).toEqual({ read: 0, mapped: 0, ignored: 0, refused: 0 });
    }
  });

  it('is compressed: whole it is read, cut short it is refused before any step', async () => {
    const content = Buffer.from(
      csv(...Array.from({ length: 5000 }, (_, i) => row('view', `u${i}`, 'x', i))),
    );
    for (const [name, bytes] of [
      ['z.csv.gz', gzipSync(content)],
      ['z.csv.zst', zstdCompressSync(content)],
    ] as const) {
      expect((await told(name, bytes)).history.tally.all.mapped).toBe(5000);
      const cut = bytes.subarray(0, bytes.length / 2);
      await expect(told(name, cut)).rejects.toMatchObject({ code: 'dataset-file-unreadable' });
    }
  });

  it('names a column twice, or is UTF-16', async () => {
    await expect(told('twin.csv', 'e,u,u\n')).rejects.toMatchObject({
      code: 'dataset-file-unreadable',
    });
    const wide = Buffer.from(`\uFEFF${csv(good)}`, 'utf16le');
    await expect(told('wide.csv', wide)).rejects.toThrow(/UTF-16/);
  });

  it('is no JSON here and there', async () => {
    const rows = [{ is: 'buy', user: 'u', item: 'i', time }];
    const lines = ['{"u":"a","i":"b","t":1764000000}', '{"u":', '[1]', '', '3'];
    const seen = await told('lines.jsonl', lines.join('\n'), { rows, format: 'jsonl' });
    expect(codes(seen)).toEqual([
      [2, 'row-unreadable'],
      [3, 'row-unreadable'],
      [5, 'row-unreadable'],
    ]);
  });
});
