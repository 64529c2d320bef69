import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { schemaText } from '../../schemas/codec.ts';
import { topics } from '../../schemas/index.ts';
import type { AnyTopic } from '../../schemas/topic.ts';
import { goldenPath, incompatibility, pretty } from '../golden/schemas.ts';

const all = topics as readonly AnyTopic[];

describe('the schemas of the topics', () => {
  it.each(all.map((topic) => [topic.name, topic] as const))(
    '%s reads what its golden schema wrote, and is its golden copy',
    (_name, topic) => {
      const golden = readFileSync(goldenPath(topic), 'utf8');
      expect(incompatibility(schemaText(topic), golden)).toBeUndefined();
      // Changed on purpose? `node tests/golden/schemas.ts` writes the new copy.
      expect(pretty(schemaText(topic))).toBe(golden);
    },
  );

  it('have no golden copy left of a topic that is gone', () => {
    const files = readdirSync(new URL('../golden/schemas', import.meta.url)).sort();
    expect(files).toEqual(all.map(({ name }) => `${name}.avsc`).sort());
  });

  it('catches a field without a default, a changed type and a lost symbol', () => {
    const record = (fields: unknown[]) => JSON.stringify({ type: 'record', name: 'R', fields });
    const old = record([{ name: 'a', type: 'string' }]);
    const symbols = (...s: string[]) =>
      record([{ name: 'e', type: { type: 'enum', name: 'E', symbols: s } }]);
    expect(
      incompatibility(
        record([
          { name: 'a', type: 'string' },
          { name: 'b', type: 'int' },
        ]),
        old,
      ),
    ).toBeDefined();
    expect(incompatibility(record([{ name: 'a', type: 'int' }]), old)).toBeDefined();
    expect(incompatibility(symbols('x'), symbols('x', 'y'))).toBeDefined();
    expect(incompatibility(symbols('x', 'y'), symbols('x'))).toBeUndefined();
    const added = record([
      { name: 'a', type: 'string' },
      { name: 'b', type: 'int', default: 0 },
    ]);
    expect(incompatibility(added, old)).toBeUndefined();
  });
});
