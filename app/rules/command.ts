// Rules of the shop with the parts that are there: beside a running Millrace, on given brokers, or by a broker
// that is started here as long as it takes.
import '../../streams/engine/disposable-stack.ts';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { MillraceError } from '../../schemas/errors.ts';
import { ruleOf } from '../../schemas/rule-input.ts';
import { rules, type ShopRule } from '../../schemas/topics/rules.ts';
import type { Config } from '../config/read.ts';
import type { Logs } from '../log.ts';
import { connectStreams, findStreams } from '../streams.ts';
import { checkChanges, type RuleStreams, readRules, writeRules } from './topic.ts';

/** Runs something over the topic of rules. @throws MillraceError `no-data`, and those of the parts */
export async function withRules<T>(
  config: Config,
  logs: Logs,
  act: (streams: RuleStreams) => Promise<T>,
): Promise<T> {
  await using stack = new AsyncDisposableStack();
  const addresses = await findStreams(config, logs, stack, { existing: true });
  const streams = await connectStreams(config, addresses, logs, { topics: [rules] });
  return await act({ ...streams, log: logs.log });
}

/** Puts rules, all of them or none. @throws MillraceError `rule-of-file`, `rules-too-many` */
export async function putRules(streams: RuleStreams, wanted: readonly ShopRule[]): Promise<void> {
  const changes = wanted.map((rule) => ({ ruleId: rule.ruleId, rule }));
  checkChanges(await readRules(streams), changes);
  await writeRules(streams, changes);
}

/** Removes rules, all of them or none. @throws MillraceError `rule-of-file`, `rule-unknown` */
export async function removeRules(streams: RuleStreams, ids: readonly string[]): Promise<void> {
  const changes = ids.map((ruleId) => ({ ruleId, rule: null }));
  checkChanges(await readRules(streams), changes);
  await writeRules(streams, changes);
}

/** Removes the rules of people that ended before `now`, ms. @returns their ids */
export async function removeExpired(streams: RuleStreams, now: number): Promise<string[]> {
  const ended = [...(await readRules(streams)).values()].filter(
    ({ owner, until }) => owner === 'people' && until !== null && until <= now,
  );
  const ids = ended.map(({ ruleId }) => ruleId);
  await writeRules(
    streams,
    ids.map((ruleId) => ({ ruleId, rule: null })),
  );
  return ids;
}

/**
 * The rules in a file of YAML or JSON: one rule, a list, or a list under `rules`.
 * @param path of the file; `-` for what comes in
 * @param now ms since the epoch
 * @throws MillraceError `rule-invalid`
 */
export function rulesIn(path: string, now: number): ShopRule[] {
  let given: unknown;
  try {
    given = parse(readFileSync(path === '-' ? 0 : path, 'utf8'));
  } catch (cause) {
    throw new MillraceError({
      code: 'rule-invalid',
      what: `No rules can be read from ${path}.`,
      why: (cause as Error).message.split('\n')[0]!,
      todo: 'Name a file of YAML or JSON; docs/rules.md has examples. No rule was changed.',
      cause,
    });
  }
  const { rules: listed } = (given ?? {}) as { rules?: unknown };
  return [listed ?? given].flat().map((rule) => ruleOf(rule, { at: now, owner: 'people' }));
}
