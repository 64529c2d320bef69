// Which rules of the shop had a hand in where an item stands: what was chosen for people is not said to be their taste.
import type { RuleKind } from '../../schemas/topics/rules.ts';
import type { ShownSlate } from './read.ts';

export interface RuleAtItem {
  readonly ruleId: string;
  readonly kind: RuleKind;
}

/** @param position from 0, top first */
export function rulesAt({ rules }: Pick<ShownSlate, 'rules'>, position: number): RuleAtItem[] {
  return rules
    .filter(([, , positions]) => positions.includes(position))
    .map(([ruleId, kind]) => ({ ruleId, kind }));
}

const words: Readonly<Record<RuleKind, string>> = {
  pin: 'pinned',
  slot: 'in the slot',
  boost: 'boosted',
  atMost: 'chosen without what was too many',
  exclude: 'left after exclusion',
  filter: 'left after a filter',
  quiet: 'left after quiet',
};

/** What rules did to an item, for people. */
export const rulesText = (rules: readonly RuleAtItem[]): string =>
  rules.map(({ ruleId, kind }) => `${words[kind]} by ${ruleId}`).join(', ');
