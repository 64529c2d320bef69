// Ranks of what was recommended, by a model and by the baselines, after each judged turn.

import type { ContextSoFar, DialogueTurn } from '../../models/dialogue/turn.ts';
import { Figures } from '../../models/evaluation/figures.ts';
import type { HistoryModel } from '../../models/evaluation/history-model.ts';
import { Ids } from '../../models/ids.ts';
import { hitRate, rankOf, type TiedRank } from '../../models/metrics/ranking.ts';
import type { JudgedTurn } from './data.ts';

/** A model that scores every item, by index, as the next to be recommended. */
export interface DialogueModel {
  readonly name: string;
  scores(context: ContextSoFar): Float64Array;
}

/** Lengths of the lists that a target may be in. */
const CUTS = [1, 10, 50] as const;

/**
 * Recall@1, @10 and @50 over targets, each alone. A target that no one could know of is missed. Of a
 * `new` target nothing that was named before is a candidate: whoever recommends knows what was named.
 */
export class Recalls {
  readonly #figures = new Figures();
  readonly #items: Ids;

  constructor(items: Ids) {
    this.#items = items;
  }

  add(model: string, scores: Float64Array, turn: JudgedTurn, mark = ''): void {
    const named = new Set(turn.entities.map((name) => this.#items.find(name)));
    for (const [i, target] of turn.targets.entries()) {
      const item = this.#items.find(target);
      const all = item < 0 ? undefined : rankOf(scores, item);
      this.#add(model, mark, all);
      if (!turn.isNew[i]) continue;
      const left = (other: number) => named.has(other) && other !== item;
      this.#add(
        model,
        ` new${mark}`,
        item < 0 ? undefined : rankOf(scores, item, scores.length, left),
      );
    }
  }

  #add(model: string, mark: string, rank: TiedRank | undefined): void {
    const metrics = CUTS.map((k) => [`Recall@${k}${mark}`, rank ? hitRate(rank, k) : 0] as const);
    this.#figures.add(model, Object.fromEntries(metrics));
  }

  rows() {
    return this.#figures.rows();
  }
}

/** What was named comes first, the first of all before the others; nothing else. */
export function mentionedFirst(items: Ids): DialogueModel {
  return {
    name: 'mentioned first',
    scores({ entities }) {
      const scores = new Float64Array(items.size);
      for (const [i, name] of entities.toReversed().entries()) {
        const item = items.find(name);
        if (item >= 0) scores[item] = i + 1;
      }
      return scores;
    },
  };
}

/** A baseline over histories: a dialogue's history is all that was named in it, items or not. */
export function overNames(
  model: HistoryModel,
  learned: readonly DialogueTurn[],
  items: Ids,
): DialogueModel {
  const names = new Ids(items.names);
  for (const turns of Map.groupBy(learned, ({ dialogueId }) => dialogueId).values()) {
    const { entities, targets } = turns.at(-1)!;
    const history: number[] = [];
    for (const name of [...entities, ...targets]) {
      const item = names.add(name);
      model.learn(item, history);
      history.push(item);
    }
  }
  return {
    name: model.name,
    scores({ entities }) {
      const history = entities.map((name) => names.find(name)).filter((item) => item >= 0);
      return model.scores(history, names.size).slice(0, items.size);
    },
  };
}
