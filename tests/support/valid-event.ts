// An event of any topic that passes the border, made from the schema and its rules.
import type { AvroSchema, RecordSchema } from '../../schemas/avro.ts';
import { borderDefaults, type Rule } from '../../schemas/rules.ts';
import type { AnyTopic } from '../../schemas/topic.ts';
import { fingerprintOf, forgotten } from '../../schemas/topics/forgotten.ts';
import { rules } from '../../schemas/topics/rules.ts';

const sampleTime = Date.UTC(2020, 0, 1);

/** Fields of topics whose rules are about several of them. */
const together = new Map<AnyTopic, object>([
  [forgotten, { fingerprint: fingerprintOf('x') }],
  [rules, { until: sampleTime + 1 }],
]);

/** Every list has one entry, and nothing that may be absent is. */
export function validEvent(topic: AnyTopic): Record<string, unknown> {
  return { ...recordOf(topic.schema), ...together.get(topic) };
}

const recordOf = ({ fields }: RecordSchema): Record<string, unknown> =>
  Object.fromEntries(fields.map(({ name, type, rule }) => [name, sampleOf(type, rule)]));

function sampleOf(type: AvroSchema, rule: Rule = {}): unknown {
  if (Array.isArray(type)) return sampleOf(type.find((one) => one !== 'null')!, rule);
  if (typeof type === 'string') return plain(type, rule);
  const schema = type as Exclude<AvroSchema, string | readonly AvroSchema[]>;
  switch (schema.type) {
    case 'record':
      return recordOf(schema);
    case 'enum':
      return schema.symbols[0];
    case 'array':
      return [sampleOf(schema.items, rule.each)];
    case 'map':
      return { name: sampleOf(schema.values, rule.each) };
    case 'long':
      return sampleTime;
  }
}

function plain(type: string, rule: Rule): unknown {
  const { least = 0, most = 1 } = rule.limit ? borderDefaults[rule.limit] : rule;
  switch (type) {
    case 'boolean':
      return true;
    case 'bytes':
      return Buffer.from([1]);
    case 'string':
      return ['x', 'a'.repeat(64)].find((text) => rule.pattern?.of.test(text) ?? true);
    case 'int':
    case 'long':
      return Math.ceil(least);
    default:
      return (Math.max(0, least) + Math.min(1, most)) / 2 || 0.5;
  }
}
