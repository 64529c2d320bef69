// `millrace init` on files: formats and delimiters, parts of one log, questions, and what is written.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Session } from 'chdb';
import { readSettings } from '../../app/config/read.ts';
import { asked, guessAll, mappingText, writeMapping } from '../../app/your-data/init.ts';
import { preview } from '../../app/your-data/preview.ts';
import { sampleFiles } from '../../app/your-data/sample.ts';
import { rowsOfFile, sourceFiles } from '../../app/your-data/sources.ts';
import { borderDefaults } from '../../schemas/rules.ts';

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'millrace-init-'));
});
afterAll(() => rm(home, { recursive: true, force: true }));

const start = 1_764_000_000;
const orders = (mark: string, from = 0) =>
  [
    ['customer', 'sku', 'price', 'bought_at'].join(mark),
    ...Array.from({ length: 60 }, (_, i) =>
      [`c${i % 9}`, `00${i % 7}`, '1.50', start + from + i].join(mark),
    ),
  ].join('\n');

async function folder(name: string, files: Readonly<Record<string, string | Buffer>>) {
  const path = join(home, name);
  await mkdir(path);
  for (const [file, content] of Object.entries(files)) await writeFile(join(path, file), content);
  return path;
}

/** What the mapping makes of all rows of the files it was guessed from. */
async function mapped(path: string) {
  const file = join(path, 'millrace.yaml');
  writeMapping(file, mappingText(guessAll(await sampleFiles([path])), path));
  const { config } = readSettings({}, { flags: { config: file } });
  const files = sourceFiles(config).map((one) => ({
    ...one,
    file: one.name,
    rows: rowsOfFile(one),
  }));
  return { files, ...(await preview(files, { each: 2, limits: borderDefaults })) };
}

describe('millrace init', () => {
  it('finds the delimiter, and reads what is compressed', async () => {
    const path = await folder('delimiters', {
      'a.csv': orders(';'),
      'b.csv.gz': gzipSync(orders('|')),
      'c.tsv.zst': zstdCompressSync(orders('\t')),
    });
    const samples = await sampleFiles([path]);
    expect(samples.map(({ origin }) => [origin.name, origin.format, origin.delimiter])).toEqual([
      ['a', 'csv', ';'],
      ['b', 'csv', '|'],
      ['c', 'tsv', undefined],
    ]);
    expect((await mapped(path)).counts).toEqual({ read: 180, mapped: 180, ignored: 0, refused: 0 });
  });

  it('takes the parts of one log for one source', async () => {
    const path = await folder('parts', {
      'orders-2025-01.csv': orders(','),
      'orders-2025-02.csv': orders(',', 100),
    });
    const { files, counts, shown } = await mapped(path);
    expect(files.map(({ source, name }) => [source.name, name])).toEqual([
      ['parts', 'orders-2025-01.csv'],
      ['parts', 'orders-2025-02.csv'],
    ]);
    expect(counts.mapped).toBe(120);
    expect(shown).toHaveLength(2);
  });

  it('reads Parquet: ids keep their digits, times are those of the file', async () => {
    const path = await folder('parquet', {});
    const session = new Session();
    const file = join(path, 'orders.parquet').replaceAll("'", "\\'");
    await session.queryAsync(`
      insert into function file('${file}', Parquet)
      select 9007199254740993 + number % 9 as customer_id, toString(number % 7) as sku,
        toDecimal64(1.5, 2) as price, toDateTime64(${start} + number, 3, 'UTC') as bought_at
      from numbers(60)`);
    session.close();
    const { counts, shown } = await mapped(path);
    expect(counts).toEqual({ read: 60, mapped: 60, ignored: 0, refused: 0 });
    expect(shown[0]!.events).toMatchObject([
      { event: { userId: '9007199254740993', value: 1.5, at: start * 1000 } },
    ]);
    await writeFile(join(path, 'cut.parquet'), (await readFile(file)).subarray(0, 400));
    await expect(sampleFiles([join(path, 'cut.parquet')])).rejects.toMatchObject({
      code: 'dataset-file-unreadable',
    });
  });

  it('asks about what it cannot tell, and takes no answer that is none', async () => {
    const lines = Array.from({ length: 40 }, (_, i) => `${i % 7},${i % 5},${start + i}`);
    const path = await folder('riddle', { 'x.csv': ['a,b,c', ...lines].join('\n') });
    const samples = await sampleFiles([path]);
    expect(() => mappingText(guessAll(samples), path)).toThrow(
      expect.objectContaining({ code: 'mapping-unclear' }) as never,
    );
    const answers = ['9', 'a', '2', 'like'];
    const questions: string[] = [];
    const sources = await asked(samples, async (question) => {
      questions.push(question.split('\n')[0]!);
      return answers.shift()!;
    });
    expect(questions.map((one) => one.split(':')[1]!.trim())).toEqual([
      'who',
      'who',
      'which item',
      'what happened',
    ]);
    expect(sources[0]!.guessed.rows).toMatchObject([
      { is: 'like', fields: { user: 'a', item: 'b', time: { field: 'c', unit: 's' } } },
    ]);
  });

  it('adds to a file, and writes over no sources', async () => {
    const path = await folder('there', { 'orders.csv': orders(',') });
    const file = join(path, 'millrace.yaml');
    await writeFile(file, 'seed: 7');
    const text = mappingText(guessAll(await sampleFiles([path])), path);
    writeMapping(file, text);
    expect(await readFile(file, 'utf8')).toBe(`seed: 7\n\n${text}`);
    expect(text).toContain('from: orders.csv\n');
    expect(() => writeMapping(file, text)).toThrow(
      expect.objectContaining({ code: 'mapping-there' }) as never,
    );
  });

  it('says what it cannot read: nothing there, no format, one array', async () => {
    const path = await folder('unread', { 'a.json': '[{"a":1}]', 'b.xlsx': 'PK' });
    for (const [from, says] of [
      [join(path, 'none'), /There is nothing at/],
      [join(path, 'b.xlsx'), /There is nothing to read at/],
      [join(path, 'a.json'), /is one JSON array/],
    ] as const) {
      await expect(sampleFiles([from])).rejects.toThrow(says);
    }
  });
});

describe('a mapping that does not fit its file', () => {
  it('is said before a row is read: the column, and the delimiter', async () => {
    const path = await folder('wrong', {
      'orders.csv': orders(';'),
      'millrace.yaml': `sources:
  - { name: s, from: orders.csv, format: csv, rows: [{ is: buy, user: customer, item: sku, time: { field: bought_at, unit: s } }] }`,
    });
    const { config } = readSettings({}, { flags: { config: join(path, 'millrace.yaml') } });
    const [file] = sourceFiles(config);
    const read = async () => {
      for await (const _rows of rowsOfFile(file!)) return;
    };
    await expect(read()).rejects.toMatchObject({ code: 'dataset-column-missing' });
    await expect(read()).rejects.toThrow(
      /no column customer, sku, bought_at[\s\S]*set `delimiter`/,
    );
    expect(() => sourceFiles(config, 'other')).toThrow(/There is no source other/);
  });
});
