// Writes the golden copies of the schemas, refusing a change that readers of old records could not
// bear. Run it when a schema was changed on purpose: node tests/golden/schemas.ts
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import avsc from 'avsc';
import { schemaText } from '../../schemas/codec.ts';
import { topics } from '../../schemas/index.ts';
import type { AnyTopic } from '../../schemas/topic.ts';

export const goldenPath = (topic: AnyTopic) =>
  fileURLToPath(new URL(`./schemas/${topic.name}.avsc`, import.meta.url));

export const pretty = (schema: string) => `${JSON.stringify(JSON.parse(schema), null, 2)}\n`;

/** Why a reader of `next` cannot read what was written with `old`; undefined when it can. */
export function incompatibility(next: string, old: string): string | undefined {
  const parse = (text: string) => avsc.Type.forSchema(JSON.parse(text), { registry: {} });
  try {
    parse(next).createResolver(parse(old));
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const topic of topics as readonly AnyTopic[]) {
    const path = goldenPath(topic);
    const text = schemaText(topic);
    const problem = existsSync(path) && incompatibility(text, readFileSync(path, 'utf8'));
    if (problem) {
      process.stderr.write(`${topic.name}: not BACKWARD compatible: ${problem}\n`);
      process.exitCode = 1;
    } else writeFileSync(path, pretty(text));
  }
}
