// Brokers without a schema registry: a command says so before it does anything.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { millrace } from '../support/millrace.ts';

const dir = mkdtempSync(join(tmpdir(), 'millrace-no-registry-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

it.each([['run', '--no-clickhouse'], ['demo']])(
  '%s says which setting is missing',
  async (...args) => {
    const run = millrace(['--data-dir', dir, ...args], { KAFKA_BROKERS: '127.0.0.1:1' });
    expect(await run.ended).toBe(1);
    expect(run.output.err).toContain('Error (registry-missing)');
    expect(run.output.err).toContain('Set SCHEMA_REGISTRY_URL');
    // No registry of its own was begun.
    expect(readdirSync(dir)).not.toContain('registry');
  },
);
