// The rules of the shop as their topic has them: read to its end, and written.
import '../../streams/engine/disposable-stack.ts';
import type { Logger } from 'pino';
import { decodeOrSkip } from '../../infra/kafka/decode-or-skip.ts';
import { readTopics } from '../../infra/kafka/read-to-end.ts';
import { MillraceError } from '../../schemas/errors.ts';
import { mostRules, rules, type ShopRule } from '../../schemas/topics/rules.ts';
import type { Streams } from '../streams.ts';

export type RuleStreams = Pick<Streams, 'kafka' | 'codecs' | 'nameOf'> & { readonly log: Logger };

/** A rule to put, or to remove where it is null. */
export interface RuleChange {
  readonly ruleId: string;
  readonly rule: ShopRule | null;
}

/** The rules by id, as of now. */
export async function readRules({
  kafka,
  codecs,
  nameOf,
  log,
}: RuleStreams): Promise<Map<string, ShopRule>> {
  const found = new Map<string, ShopRule>();
  await using reader = await readTopics({
    ...{ kafka, log, topics: [nameOf(rules)] },
    onRecords: async (_topic, partition, records) => {
      for (const record of records) {
        const event =
          record.value && (await decodeOrSkip(codecs, { topic: rules, partition }, record, log));
        if (event) found.set((event as ShopRule).ruleId, event as ShopRule);
        else if (event === null) found.delete(record.key?.toString() ?? '');
      }
    },
  });
  await reader.caughtUp;
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Writes changes; resolves once the broker has them all. */
export async function writeRules(
  { kafka, codecs, nameOf }: RuleStreams,
  changes: readonly RuleChange[],
): Promise<void> {
  if (changes.length === 0) return;
  const codec = codecs.of(rules);
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  try {
    const messages = changes.map(({ ruleId, rule }) => ({
      key: ruleId,
      value: rule && codec.encode(rule),
    }));
    await producer.send({ topic: nameOf(rules), messages });
  } finally {
    await producer.disconnect();
  }
}

/**
 * Refuses changes by people to rules of the file, removals of rules that are not there, and more rules
 * than can be kept.
 * @throws MillraceError `rule-of-file`, `rule-unknown`, `rules-too-many`
 */
export function checkChanges(
  known: ReadonlyMap<string, ShopRule>,
  changes: readonly RuleChange[],
): void {
  const after = new Set(known.keys());
  for (const { ruleId, rule } of changes) {
    const before = known.get(ruleId);
    if (before?.owner === 'file') throw ofFile(ruleId);
    if (!rule && !before) throw unknown(ruleId, [...known.keys()]);
    if (rule) after.add(ruleId);
    else after.delete(ruleId);
  }
  if (after.size > mostRules) throw tooMany(after.size);
}

function ofFile(ruleId: string): MillraceError {
  return new MillraceError({
    code: 'rule-of-file',
    what: `The rule ${ruleId} is one of millrace.yaml.`,
    why: 'The file would put it back at the next start.',
    todo: 'Change or delete it there, under `rules`, and start again; or use another id.',
  });
}

function unknown(ruleId: string, ids: readonly string[]): MillraceError {
  return new MillraceError({
    code: 'rule-unknown',
    what: `There is no rule ${ruleId}.`,
    why: ids.length > 0 ? `There are: ${ids.slice(0, 20).join(', ')}.` : 'There is no rule at all.',
    todo: '`millrace rules list` shows all of them.',
  });
}

export function tooMany(count: number): MillraceError {
  return new MillraceError({
    code: 'rules-too-many',
    what: `These would be ${count} rules, and ${mostRules} can be kept.`,
    why: 'Each decision looks through the rules that name no user.',
    todo: 'Remove those that are over (`millrace rules remove --expired`), or name several items in one rule.',
  });
}
