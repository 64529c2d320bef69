// The conformance suite of data sets: what a replay relies on, whatever the log.
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import avsc from 'avsc';
import type { Dataset, LogStep, OpenLog } from '../../datasets/dataset.ts';
import { clicks } from '../../schemas/topics/clicks.ts';
import { deadLetters } from '../../schemas/topics/dead-letters.ts';
import { impressions } from '../../schemas/topics/impressions.ts';
import { items } from '../../schemas/topics/items.ts';
import { requests } from '../../schemas/topics/requests.ts';
import { collect, faults } from './log-checks.ts';

export interface DatasetSubject {
  dataset: Dataset;
  /** Which of the formats of the data set the files have. @default its only one */
  edition?: string;
  /** A small log in plain files; the suite works on copies. */
  folder: string;
  /** Name of the log's file. */
  log: string;
  /** Names of the files of the catalogue that cannot be done without. */
  catalogue: string[];
  /** Whether its first line names the columns. */
  hasHeader: boolean;
  /** Rows of the log. */
  rows: number;
  /** Lines of the log that cannot be read. */
  unreadable: number[];
  /** `<file>:<line>` of the log's other files that cannot be read. @default none */
  otherUnreadable?: string[];
  /** Takes the log's other files away. @default it has none */
  alone?: (folder: string) => Promise<void>;
  /** Lines of the log that say again what another line says. @default none */
  repeated?: number[];
  /** `<file>:<line>` of the catalogue and of the table of users that cannot be read. */
  unreadableItems: string[];
  /** Users of the table that can be read. @default 0 */
  users?: number;
  /** Takes a column away from the log's text; `named` is what the error must say. */
  spoil: (text: string) => { text: string; named: string };
  /** Code of that error. @default 'dataset-column-missing' */
  spoiled?: string;
  /** Whether its rows ask for slates, as turns of dialogues do. @default false */
  asks?: boolean;
  /** Takes every readable row away. @default a log of one header, if it has one, and two unreadable rows */
  empty?: (folder: string) => Promise<void>;
}

export function describeDataset(make: () => DatasetSubject): void {
  const subject = make();
  const { dataset, edition = '', repeated = [], otherUnreadable = [] } = subject;
  const logOf = (folder: string) => join(folder, subject.log);
  let home: string;
  let count = 0;
  const scratch = () => join(home, 'scratch');
  const copy = async () => {
    const folder = join(home, `copy-${count++}`);
    await cp(subject.folder, folder, { recursive: true });
    return folder;
  };
  const withLog = async <T>(
    use: (log: OpenLog) => Promise<T>,
    folder = subject.folder,
    limit?: number,
  ): Promise<T> => {
    const options = limit === undefined ? {} : { limit };
    await using log = await dataset.open(folder, { scratch: scratch(), ...options });
    return await use(log);
  };
  /** What is done with a log first: it is looked at, then opened. */
  const beginnings = (folder: string): (() => Promise<unknown>)[] => [
    ...(dataset.check ? [() => dataset.check!(folder)] : []),
    () => dataset.open(folder, { scratch: scratch() }),
  ];
  const stepsOf = (folder?: string, limit?: number) =>
    withLog((log) => collect(log.steps()), folder, limit);

  const unreadableTwice = async (folder: string) => {
    const lines = (await readFile(logOf(folder), 'utf8')).split('\n');
    const bad = lines[subject.unreadable[0]! - 1]!;
    const header = subject.hasHeader ? [lines[0]!] : [];
    await writeFile(logOf(folder), [...header, bad, bad].join('\n'));
  };

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'millrace-dataset-'));
  });
  afterAll(() => rm(home, { recursive: true, force: true }));

  describe(`${`${dataset.name} ${edition}`.trim()} as a data set`, () => {
    it('says how its rows become impressions and clicks', () => {
      expect(dataset.doc).toMatch(/impression|slate/);
      expect(dataset.doc).toMatch(/\d{4}/);
    });

    it('looks at a log that can be read without a word', async () => {
      expect(await dataset.check?.(subject.folder)).toBeUndefined();
    });

    it('keeps the order of time, unique ids, and the rows of the log', () =>
      withLog(async (log) => {
        const steps = await collect(log.steps());
        expect(faults(steps, log, dataset)).toEqual([]);
        expect(log.rows).toBe(subject.rows);
      }));

    it('says the same again, from the same opening and from another', () =>
      withLog(async (log) => {
        const first = await collect(log.steps());
        expect(await collect(log.steps())).toEqual(first);
        expect(await stepsOf()).toEqual(first);
      }));

    it('speaks in records of the topics', async () => {
      const valid = (schema: unknown, value: unknown) =>
        avsc.Type.forSchema(schema as avsc.Schema).isValid(value);
      const kinds = new Set<string>();
      for (const step of await stepsOf()) {
        kinds.add(step.kind);
        if (step.kind === 'impression')
          expect(valid(impressions.schema, step.impression)).toBe(true);
        if (step.kind === 'request') expect(valid(requests.schema, step.request)).toBe(true);
        if (step.kind === 'click') expect(valid(clicks.schema, step.click)).toBe(true);
        if (step.kind === 'dead') expect(valid(deadLetters.schema, step.deadLetter)).toBe(true);
      }
      const dead = subject.unreadable.length + repeated.length > 0 ? ['dead'] : [];
      const asked = subject.asks ? ['request'] : [];
      expect([...kinds].sort()).toEqual([
        'click',
        ...dead,
        'end',
        'impression',
        ...asked,
        'session',
      ]);
      const catalogue = await collect(dataset.items(subject.folder));
      for (const item of catalogue) expect(valid(items.schema, item)).toBe(true);
      expect(new Set(catalogue.map((item) => item.itemId)).size).toBe(catalogue.length);
      expect(catalogue.length).toBeGreaterThan(0);
    });

    it('puts unreadable rows first, with their line and original bytes', async () => {
      const steps = await stepsOf();
      const dead = steps.filter(
        (step) => step.kind === 'dead' && step.deadLetter.code !== 'row-duplicate',
      ) as Extract<LogStep, { kind: 'dead' }>[];
      const lines = (await readFile(logOf(subject.folder), 'utf8')).split('\n');
      const ofLog = dead.filter((step) => step.deadLetter.origin === basename(subject.log));
      const found = ofLog.map(({ deadLetter }) => deadLetter.line!);
      expect(found.sort((a, b) => a - b)).toEqual(subject.unreadable);
      for (const { deadLetter, rows } of ofLog) {
        expect(deadLetter.data.toString()).toBe(lines[deadLetter.line! - 1]);
        const code = expect.stringMatching(/^(row-unreadable|event-ahead)$/);
        expect(deadLetter).toMatchObject({ code, at: steps[0]!.at });
        expect(rows).toBe(1);
      }
      const others = dead.filter((step) => step.deadLetter.origin !== basename(subject.log));
      const places = (counted: 0 | 1) =>
        others.flatMap(({ rows, deadLetter: { origin, line } }) =>
          rows === counted ? [`${origin}:${line}`] : [],
        );
      expect(places(0)).toEqual(subject.unreadableItems);
      expect(places(1)).toEqual(otherUnreadable);
    });

    it('counts a row once that comes again', async () => {
      const again = (await stepsOf()).flatMap((step) =>
        step.kind === 'dead' && step.deadLetter.code === 'row-duplicate' ? [step.deadLetter] : [],
      );
      expect(again.map(({ line }) => line).sort((a, b) => a! - b!)).toEqual(repeated);
      for (const { origin } of again) expect(origin).toBe(basename(subject.log));
    });

    it('reads the users, where it has a table of them', async () => {
      const users = await collect(dataset.users?.(subject.folder) ?? none());
      expect(users).toHaveLength(subject.users ?? 0);
      expect(new Set(users.map(({ userId }) => userId)).size).toBe(users.length);
      for (const { features } of users) expect(features.every((one) => /.:./.test(one))).toBe(true);
    });

    it.each([1, 2, 5])('stops after %d rows when told to', (limit) =>
      withLog(
        async (log) => {
          const steps = await collect(log.steps());
          const unreadable = subject.unreadable.length + otherUnreadable.length;
          expect(log.rows).toBe(Math.min(subject.rows, unreadable + limit));
          expect(faults(steps, log, dataset)).toEqual([]);
        },
        subject.folder,
        limit,
      ),
    );

    it('reads compressed files and Windows line ends alike', async () => {
      const plain = (await stepsOf()).filter((step) => step.kind !== 'dead');
      const folder = await copy();
      const text = await readFile(logOf(folder), 'utf8');
      await writeFile(`${logOf(folder)}.gz`, gzipSync(text.replaceAll('\n', '\r\n')));
      await rm(logOf(folder));
      expect((await stepsOf(folder)).filter((step) => step.kind !== 'dead')).toEqual(plain);
    });

    it('leaves its scratch folder empty', async () => {
      await withLog((log) => collect(log.steps()));
      expect(await readdir(scratch())).toEqual([]);
    });

    it('stops a reader that leaves early without harm', () =>
      withLog(async (log) => {
        let first: LogStep | undefined;
        for await (const step of log.steps()) {
          first = step;
          break;
        }
        expect((await collect(log.steps()))[0]).toEqual(first);
      }));

    it.each([subject.log, ...subject.catalogue])(
      'names a missing %s before any step',
      async (name) => {
        const folder = await copy();
        await subject.alone?.(folder);
        await rm(join(folder, name));
        const missing = {
          code: 'dataset-file-missing',
          message: expect.stringContaining(basename(name)),
        };
        for (const begin of beginnings(folder))
          await expect(begin()).rejects.toMatchObject(missing);
        if (subject.catalogue.length === 0 || name !== subject.log) {
          await expect(collect(dataset.items(folder))).rejects.toMatchObject(missing);
        }
      },
    );

    it('names a missing column, and those it found, before any step', async () => {
      const folder = await copy();
      await subject.alone?.(folder);
      const { text, named } = subject.spoil(await readFile(logOf(folder), 'utf8'));
      await writeFile(logOf(folder), text);
      const missing = {
        code: subject.spoiled ?? 'dataset-column-missing',
        message: expect.stringContaining(named),
      };
      for (const begin of beginnings(folder)) await expect(begin()).rejects.toMatchObject(missing);
      expect(await readdir(scratch())).toEqual([]);
    });

    it('refuses a log without a readable row', async () => {
      const folder = await copy();
      await subject.alone?.(folder);
      await (subject.empty ?? unreadableTwice)(folder);
      const empty = {
        code: 'dataset-empty',
        message: expect.stringMatching(
          subject.empty
            ? /It has no rows/
            : /None of its 2 rows is as expected. Line \d+ of \S+ was skipped: ./,
        ),
      };
      for (const begin of beginnings(folder)) await expect(begin()).rejects.toMatchObject(empty);
      expect(await readdir(scratch())).toEqual([]);
    });
  });
}

async function* none(): AsyncGenerator<never> {}
