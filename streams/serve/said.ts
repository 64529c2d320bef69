// What a request says, read by rules against the catalogue: it holds for the very slate that answers it, where
// the reading of the language model comes for the next one.
import { answerOf, type SlateAnswer } from '../../models/dialogue/answer.ts';
import { Lexicon } from '../../models/dialogue/reading/lexicon.ts';
import { readTurn, type TurnReading } from '../../models/dialogue/reading/reading.ts';
import { type DialogueWishes, noWishes, wishesAfter } from '../../models/dialogue/wishes.ts';
import { contentHash } from '../../models/llm/hash.ts';
import { Random, shuffled } from '../../models/random.ts';
import type { Impression } from '../../schemas/topics/impressions.ts';
import { type Intent, RULES } from '../../schemas/topics/intents.ts';
import type { Request } from '../../schemas/topics/requests.ts';
import type { Catalogue } from '../tables/catalogue.ts';

/** What is read of a request. */
export interface SaidReading {
  readonly wishes: DialogueWishes;
  /** The newest text. */
  readonly latest: TurnReading;
}

/** A slate, and what was read of its request on the way. */
export type ReadSlate = readonly [slate: Impression, read: SaidReading | undefined];

/** Items of wanted groups that are added to the candidates, at most. */
const ADDED = 50;
/** Share of the catalogue by which it may grow or shrink before its names are gathered anew. */
const STALE = 0.05;

export class SaidReader {
  private lexicon: { readonly size: number; readonly of: Lexicon } | undefined;

  /** Reads what a request says; undefined if that is nothing. */
  of({ said }: Request, catalogue: Catalogue): SaidReading | undefined {
    if (!said || said.length === 0 || catalogue.size === 0) return undefined;
    const lexicon = this.lexiconOf(catalogue);
    const readings = said.map((text) => readTurn(text, lexicon));
    return { wishes: readings.reduce(wishesAfter, noWishes), latest: readings.at(-1)! };
  }

  private lexiconOf(catalogue: Catalogue): Lexicon {
    const known = this.lexicon;
    if (known && Math.abs(known.size - catalogue.size) <= STALE * known.size) return known.of;
    const of = new Lexicon();
    for (const itemId of catalogue.ids()) of.add(catalogue.get(itemId)!);
    this.lexicon = { size: catalogue.size, of };
    return of;
  }
}

/**
 * The candidates that fit what was said: none that the user named, none of a refused group, and those of
 * most wanted groups as long as they are `k`. Where nothing fits, all stay.
 * @param named whether the request named its candidates itself; then none are added
 */
export function fitting(
  { wishes }: SaidReading,
  itemIds: readonly string[],
  catalogue: Catalogue,
  { k, seed, named }: { k: number; seed: number; named: boolean },
): readonly string[] {
  const { wanted, avoid } = wishes;
  const isOut = (itemId: string) =>
    wishes.named.includes(itemId) ||
    catalogue.isDeleted(itemId) ||
    catalogue.groupsOf(itemId).some((group) => avoid.includes(group));
  const added = named ? [] : wanted.flatMap((group) => drawn(catalogue.idsIn(group), seed));
  const open = [...new Set([...itemIds, ...added])].filter((itemId) => !isOut(itemId));
  if (open.length === 0) return itemIds;
  const fits = (itemId: string) =>
    catalogue.groupsOf(itemId).filter((group) => wanted.includes(group)).length;
  for (let least = wanted.length; least > 0; least--) {
    const best = open.filter((itemId) => fits(itemId) >= least);
    if (best.length >= k) return best;
  }
  return open;
}

function drawn(ids: ReadonlySet<string>, seed: number): string[] {
  return shuffled([...ids], new Random(seed)).slice(0, ADDED);
}

/** The record of the topic `intents` that a reading by rules becomes; undefined if nothing is wanted or refused. */
export function intentOf(
  { wishes }: SaidReading,
  { requestId, userId, at }: Request,
): Intent | undefined {
  const { wanted, avoid } = wishes;
  if (wanted.length + avoid.length === 0) return undefined;
  return {
    hash: contentHash(RULES, userId, requestId),
    ...{ userId, at, model: RULES, wanted: [...wanted], avoid: [...avoid] },
    ...{ confidence: 1, uncertainty: 0, vector: [], mood: '', constraints: [] },
    ...{ removed: 0, latencyMs: 0, tokens: 0, adapter: 0 },
  };
}

/** The words that go with a slate. */
export function slateAnswer(
  { wishes, latest }: SaidReading,
  { items }: Impression,
  catalogue: Catalogue,
): SlateAnswer {
  const shown = items.map(({ itemId, score }) => ({
    title: catalogue.get(itemId)?.title || itemId,
    groups: catalogue.groupsOf(itemId),
    score,
  }));
  return answerOf(wishes, latest, shown);
}

/** The reply's words for a slate; none where the request says nothing, or there is no slate. */
export function wordsFor(
  read: SaidReading | undefined,
  slate: Impression | null,
  catalogue: Catalogue,
): { answer?: SlateAnswer } {
  return read && slate ? { answer: slateAnswer(read, slate, catalogue) } : {};
}
