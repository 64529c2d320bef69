// The reasons of a slate, for people and for machines.
import { spokenTitle } from '../../models/llm/explain/facts.ts';
import type { Item } from '../../schemas/topics/items.ts';
import type { KeptReason, ShownSlate } from './read.ts';
import { rulesAt, rulesText } from './rules.ts';

export interface SlateReasons extends ShownSlate {
  readonly reasons: readonly {
    readonly itemId: string;
    readonly title: string;
    readonly text: string;
    readonly citedItems: readonly { readonly itemId: string; readonly title: string }[];
    readonly citedGroups: readonly string[];
    readonly citedAttributes: readonly string[];
    /** PMI of the title given the reason, nats; null for a reason by code. */
    readonly score: number | null;
    readonly removed: number;
    readonly model: string;
  }[];
}

/** @param items the items shown and the items cited */
export function slateReasons(
  slate: ShownSlate,
  reasons: readonly KeptReason[],
  items: ReadonlyMap<string, Item>,
): SlateReasons {
  const titleOf = (itemId: string) => spokenTitle(items.get(itemId)?.title || itemId);
  return {
    ...slate,
    reasons: reasons.map(({ itemId, citedItems, hash: _hash, ...rest }) => ({
      itemId,
      title: titleOf(itemId),
      ...rest,
      citedItems: citedItems.map((id) => ({ itemId: id, title: titleOf(id) })),
    })),
  };
}

export function slateReasonsText({ reasons, ...slate }: SlateReasons): string {
  const { impressionId, userId, at, policy, tier, itemIds } = slate;
  const ruled = itemIds.flatMap((itemId, place) => {
    const text = rulesText(rulesAt(slate, place));
    const isExplained = reasons.some((one) => one.itemId === itemId);
    return text === '' || isExplained ? [] : [`${place + 1}. ${itemId}\n   ${text}`];
  });
  const lines = reasons.map((one) => {
    const fields = [
      ['rules', rulesText(rulesAt(slate, itemIds.indexOf(one.itemId)))],
      ['liked', one.citedItems.map(({ title }) => title).join('; ')],
      ['groups', one.citedGroups.join(', ')],
      ['attributes', one.citedAttributes.join(', ')],
      ['PMI', one.score === null ? '' : `${one.score.toFixed(2)} nats`],
      ['taken out', one.removed === 0 ? '' : `${one.removed} false`],
      ['by', one.model],
    ].filter(([, value]) => value !== '');
    return [
      `${itemIds.indexOf(one.itemId) + 1}. ${one.title}`,
      `   ${one.text}`,
      ...fields.map(([name, value]) => `   ${name}: ${value}`),
    ].join('\n');
  });
  const when = new Date(at).toISOString();
  const head = `${impressionId}: user ${userId}, ${when}, ${policy}, ${tier} tier`;
  return [head, ...ruled, ...lines].join('\n\n');
}
