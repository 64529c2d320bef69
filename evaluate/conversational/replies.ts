// What is said with the best new item, beside what people said, and a constant sentence beside both.
import type { DialogueRanker } from '../../models/dialogue/ranker/ranker.ts';
import { recommendText } from '../../models/dialogue/reply.ts';
import type { EvaluationRow } from '../../models/evaluation/evaluation.ts';
import { languageRows } from '../../models/evaluation/language.ts';
import { distinctN } from '../../models/metrics/language/distinct.ts';
import { wordsOf } from '../../models/text/words.ts';
import type { JudgedTurn } from './data.ts';

/** Which the words of every turn could be, and no information. */
const CONSTANT = 'Have you seen it? It is a good movie.';

export class Replies {
  private readonly said: { candidate: string; reference: string }[] = [];

  /** @param scores of the ranker after the turn's context */
  add({ knowledge }: DialogueRanker, scores: Float64Array, turn: JudgedTurn): void {
    const { items } = knowledge;
    const named = new Set(turn.entities.map((name) => items.find(name)));
    let best = -1;
    for (let item = 0; item < scores.length; item++) {
      if (!named.has(item) && (best < 0 || scores[item]! > scores[best]!)) best = item;
    }
    const near = turn.entities.findLast((name) => {
      const item = items.find(name);
      return item >= 0 && knowledge.near(item).some(([other]) => other === best);
    });
    const item = { title: items.name(best), shared: [], near: near ?? '' };
    this.said.push({ candidate: recommendText([item], []), reference: turn.response });
  }

  rows(): EvaluationRow[] {
    const constant = this.said.map(({ reference }) => ({ candidate: CONSTANT, reference }));
    return [['millrace', this.said] as const, ['constant sentence', constant] as const].flatMap(
      ([model, texts]) => {
        const words = texts.map(({ candidate }) => wordsOf(candidate));
        const distinct = [1, 2].map((n): EvaluationRow => {
          return { model, metric: `distinct-${n}`, span: 'all', value: distinctN(words, n) };
        });
        return [...languageRows(model, 'reply', texts), ...distinct];
      },
    );
  }
}
