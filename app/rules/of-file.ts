// The rules of millrace.yaml. The file owns them: what it says is put at the start, and what it no longer says
// is removed. A file without `rules` says nothing of them; `rules: []` removes all that files have put.

import { recordOf } from '../../schemas/rule-input.ts';
import { mostRules, type ShopRule } from '../../schemas/topics/rules.ts';
import type { Config } from '../config/read.ts';
import { type RuleChange, type RuleStreams, readRules, tooMany, writeRules } from './topic.ts';

/**
 * Brings the topic to what the file says. Any number of processes with the same file may do so.
 * @param now ms since the epoch
 * @throws MillraceError `rules-too-many`
 */
export async function putFileRules(
  { rules }: Pick<Config, 'rules'>,
  streams: RuleStreams,
  now: number,
  say: (text: string) => void,
): Promise<void> {
  if (!rules) return;
  const known = await readRules(streams);
  const wanted = rules.map((rule) => recordOf(rule, { at: now, owner: 'file' }));
  const changes = changesFor(known, wanted);
  const after = new Set([...known.keys(), ...wanted.map(({ ruleId }) => ruleId)]);
  for (const { ruleId, rule } of changes) if (!rule) after.delete(ruleId);
  if (after.size > mostRules) throw tooMany(after.size);
  await writeRules(streams, changes);
  const put = changes.filter(({ rule }) => rule).length;
  if (changes.length > 0)
    say(`Rules of millrace.yaml: ${put} put, ${changes.length - put} removed`);
}

/** What the file changes: rules that differ from those that are known, and its own that are gone. */
export function changesFor(
  known: ReadonlyMap<string, ShopRule>,
  wanted: readonly ShopRule[],
): RuleChange[] {
  const ids = new Set(wanted.map(({ ruleId }) => ruleId));
  const gone = [...known.values()].filter(
    ({ ruleId, owner }) => owner === 'file' && !ids.has(ruleId),
  );
  const changed = wanted.filter((rule) => {
    const before = known.get(rule.ruleId);
    return !before || JSON.stringify({ ...before, at: rule.at }) !== JSON.stringify(rule);
  });
  return [
    ...gone.map(({ ruleId }) => ({ ruleId, rule: null })),
    ...changed.map((rule) => ({ ruleId: rule.ruleId, rule })),
  ];
}
