// CSV rows keep their line numbers and bytes, and one slip costs one row.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { type CsvOptions, readCsv } from '../../datasets/csv.ts';
import { splitRow } from '../../datasets/split-row.ts';
import { collect } from '../support/log-checks.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-csv-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function read(content: string | Buffer, options: CsvOptions, name = 'some.csv') {
  const path = join(folder, name);
  await writeFile(path, content);
  return (await collect(readCsv(path, options))).flat();
}
const columns = ['a', 'b'];

describe('readCsv', () => {
  it('picks the wanted columns, in any order, after a byte order mark', async () => {
    const rows = await read('\uFEFFb,x,a\r\n1,2,3\r\n\r\n"4, 4",5,"six ""6"""', { columns });
    expect(rows).toEqual([
      { line: 2, raw: '1,2,3', fields: ['3', '1'], reason: '' },
      { line: 4, raw: '"4, 4",5,"six ""6"""', fields: ['six "6"', '4, 4'], reason: '' },
    ]);
  });

  it('keeps the bytes of a row that is not even text', async () => {
    const [row] = await read(Buffer.from([0x61, 0x2c, 0x62, 0x0a, 0xff, 0xfe, 0x0a]), { columns });
    expect(row).toMatchObject({ line: 2, raw: '\xff\xfe', fields: null });
    expect(row!.reason).toBe('it has 1 fields instead of 2');
  });

  it('lets a quoted field go over lines only where that is expected', async () => {
    const text = 'a,b\n1,"two\nlines"\n3,4';
    const joined = await read(text, { columns, multiline: true });
    expect(joined.map(({ line, fields }) => [line, fields])).toEqual([
      [2, ['1', 'two\nlines']],
      [4, ['3', '4']],
    ]);
    const apart = await read(text, { columns });
    expect(apart.map(({ line, fields }) => [line, fields])).toEqual([
      [2, null],
      [3, null],
      [4, ['3', '4']],
    ]);
  });

  it('reads a slip of the quotes at the end of the file', async () => {
    const rows = await read('a,b\n1,2\n3,"4', { columns, multiline: true });
    expect(rows.map(({ line, reason }) => [line, reason])).toEqual([
      [2, ''],
      [3, 'its quotes do not pair up'],
    ]);
  });

  it('streams 100,000 rows, compressed, across chunks', async () => {
    const lines = Array.from({ length: 100_000 }, (_, row) => `${row},"title, ${row}"`);
    const content = gzipSync(['a,b', ...lines].join('\n'));
    let rows = 0;
    const path = join(folder, 'large.csv.gz');
    await writeFile(path, content);
    for await (const batch of readCsv(path, { columns })) {
      for (const { line, fields } of batch) {
        if (fields?.[1] !== `title, ${rows}` || line !== rows + 2) throw new Error(`row ${rows}`);
        rows += 1;
      }
    }
    expect(rows).toBe(100_000);
  }, 30_000);

  it('says so when a file is cut short or has no lines', async () => {
    const cut = gzipSync('a,b\n1,2\n').subarray(0, 15);
    const unreadable = { code: 'dataset-file-unreadable' };
    await expect(read(cut, { columns }, 'cut.csv.gz')).rejects.toMatchObject(unreadable);
    await expect(read('x'.repeat(600_000), { columns })).rejects.toMatchObject(unreadable);
  });

  it('names what an empty file lacks', async () => {
    await expect(read('', { columns })).rejects.toMatchObject({
      code: 'dataset-column-missing',
      why: 'Its first line names: nothing.',
    });
    expect(await read('', { columns, header: false })).toEqual([]);
  });
});

describe('splitRow', () => {
  it('agrees with csv-parse on every row that can be written', () => {
    const field = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', ' ', 'é'), maxLength: 6 });
    const written = (text: string, quote: boolean) =>
      quote || /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    fc.assert(
      fc.property(fc.array(fc.tuple(field, fc.boolean()), { minLength: 1 }), (fields) => {
        const row = fields.map(([text, quote]) => written(text, quote)).join(',');
        fc.pre(row !== '');
        const [parsed] = parse(row, { bom: false }) as string[][];
        expect(splitRow(row)).toEqual(parsed);
        expect(parsed).toEqual(fields.map(([text]) => text));
      }),
    );
  });

  it('tells an unended field from a malformed one, and lets inner quotes be', () => {
    expect(splitRow('1,"two')).toBe('open');
    expect(splitRow('1,"two""')).toBe('open');
    expect(splitRow('1,"two"x,3')).toBe('malformed');
    expect(splitRow('1,5" tall,"",')).toEqual(['1', '5" tall', '', '']);
  });
});
