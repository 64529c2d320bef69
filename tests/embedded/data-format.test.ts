// The stamp of a data directory: a newer one is left alone, an older one is taken over.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { readConfig } from '../../app/config/read.ts';
import { takeDataDir } from '../../app/sinks.ts';
import { lockDataDir } from '../../infra/embedded/data-dir.ts';
import { dataFormat } from '../../infra/embedded/data-format.ts';
import { codeOf } from '../../schemas/errors.ts';

const dir = mkdtempSync(join(tmpdir(), 'millrace-format-'));
const file = join(dir, 'format.json');
afterAll(() => rmSync(dir, { recursive: true, force: true }));
beforeEach(() => rmSync(file, { force: true }));

const stamp = () => JSON.parse(readFileSync(file, 'utf8'));
const codeOfThrown = (take: () => unknown) => {
  try {
    take();
    return undefined;
  } catch (error) {
    return codeOf(error);
  }
};

describe('a data directory', () => {
  it('without a stamp is taken over and gets one', () => {
    using _lock = lockDataDir(dir);
    expect(stamp()).toEqual({ format: dataFormat });
  });

  it('with a stamp that was cut off gets one again', () => {
    writeFileSync(file, '{"for');
    using _lock = lockDataDir(dir);
    expect(stamp()).toEqual({ format: dataFormat });
  });

  it('of a newer version is refused, left as it is, and not locked', () => {
    const newer = JSON.stringify({ format: dataFormat + 1 });
    writeFileSync(file, newer);
    for (let i = 0; i < 2; i++) expect(codeOfThrown(() => lockDataDir(dir))).toBe('data-dir-newer');
    expect(readFileSync(file, 'utf8')).toBe(newer);
    expect(existsSync(join(dir, 'run', 'millrace.json.lock'))).toBe(false);
  });

  it('is refused as well where only state and logs are in it', async () => {
    writeFileSync(file, JSON.stringify({ format: dataFormat + 1 }));
    const config = readConfig({
      MILLRACE_DATA_DIR: dir,
      KAFKA_BROKERS: 'a:1',
      SCHEMA_REGISTRY_URL: 'http://a:1',
      CLICKHOUSE_URL: 'http://a:1',
    });
    await using stack = new AsyncDisposableStack();
    expect(codeOfThrown(() => takeDataDir(config, stack))).toBe('data-dir-newer');
  });
});
