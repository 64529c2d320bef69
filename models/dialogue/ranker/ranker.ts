// What to recommend next in a dialogue: a conditional logit over what dialogues and likes say of each item.
//
// The weights are learned on dialogues whose own counts are left out: the dialogues are cut into folds, and
// the columns of a fold come from the others (stacking, Wolpert 1992). What is served comes from all.
import { Random, shuffled } from '../../random.ts';
import { ConditionalLogit } from '../../sequence/conditional-logit.ts';
import type { ContextSoFar, DialogueTurn } from '../turn.ts';
import { COLUMNS, DialogueColumns } from './columns.ts';
import type { Knowledge } from './knowledge.ts';
import { Statistics } from './statistics.ts';

export interface RankerOptions {
  /** Seed of the folds and of the order of learning. @default 1 */
  readonly seed?: number;
  readonly folds?: number;
  readonly passes?: number;
  readonly step?: number;
}

export const rankerDefaults = Object.freeze({ seed: 1, folds: 5, passes: 2, step: 0.1 });

export class DialogueRanker {
  readonly knowledge: Knowledge;
  readonly statistics: Statistics;
  readonly logit: ConditionalLogit;
  readonly #columns: DialogueColumns;

  constructor(knowledge: Knowledge, turns: readonly DialogueTurn[], options: RankerOptions = {}) {
    const { seed, folds, passes, step } = { ...rankerDefaults, ...options };
    this.knowledge = knowledge;
    this.#columns = new DialogueColumns(knowledge);
    this.logit = new ConditionalLogit(
      COLUMNS.map(([, weight]) => weight),
      step,
    );
    const dialogues = [...Map.groupBy(turns, ({ dialogueId }) => dialogueId).values()];
    const random = new Random(seed);
    const order = shuffled(dialogues, random);
    for (let fold = 0; fold < folds; fold++) {
      const own = order.filter((_, i) => i % folds === fold);
      const others = order.filter((_, i) => i % folds !== fold);
      const statistics = new Statistics(knowledge, others);
      for (let pass = 0; pass < passes; pass++) {
        for (const turn of shuffled(own.flat(), random)) this.#learn(turn, statistics);
      }
    }
    this.statistics = new Statistics(knowledge, dialogues);
  }

  /** The scores of all items, by index, to be recommended next. */
  scores(context: ContextSoFar): Float64Array {
    const columns = this.#columns.fill(context, this.statistics);
    return this.logit.score(columns, this.#open(), this.knowledge.items.size).scores;
  }

  #learn(turn: DialogueTurn, statistics: Statistics): void {
    const targets = turn.targets
      .map((name) => this.knowledge.items.find(name))
      .filter((item) => item >= 0);
    if (targets.length === 0) return;
    const columns = this.#columns.fill(turn, statistics);
    const scored = this.logit.score(columns, this.#open(), this.knowledge.items.size);
    this.logit.learn(columns, scored, targets);
  }

  #open(): Float64Array {
    return new Float64Array(this.knowledge.items.size);
  }
}
