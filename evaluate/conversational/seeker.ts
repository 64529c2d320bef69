// Turns to success: dialogues with a simulated seeker, who has one item in mind and answers truly.
//
// The seeker begins with what was said in a judged dialogue. Asked which of some groups they want, they name
// the first that their item has, or say none; of a slate without their item they want others. A dialogue ends
// with the item, or after ten turns.
import { DialogueManager } from '../../models/dialogue/manager.ts';
import type { DialogueRanker } from '../../models/dialogue/ranker/ranker.ts';
import type { Lexicon } from '../../models/dialogue/reading/lexicon.ts';
import { kind } from '../../models/dialogue/reply.ts';
import { type EvaluationRow, meanRow } from '../../models/evaluation/evaluation.ts';
import { Random, shuffled } from '../../models/random.ts';
import type { JudgedTurn } from './data.ts';

const TURNS = 10;
const SHOWN = 10;
/** Dialogues that are simulated. */
const DIALOGUES = 100;

/** Turns until the seeker has their item; undefined if they have not after ten. */
export function turnsTo(
  target: string,
  manager: DialogueManager,
  said: string,
  groups: readonly string[],
) {
  let words = said;
  for (let turn = 1; turn <= TURNS; turn++) {
    const { act, items, groups: asked } = manager.answer(words);
    if (items.includes(target)) return turn;
    const own = asked.find((group) => groups.includes(group));
    if (act !== 'ask') words = 'Others, please';
    else
      words = own === undefined ? `None of them: no ${asked.map(kind).join(', no ')}` : kind(own);
  }
  return undefined;
}

/** Rows of turns to success: with questions, and without. */
export function seekerRows(
  ranker: DialogueRanker,
  lexicon: Lexicon,
  judged: readonly JudgedTurn[],
  seed: number,
): EvaluationRow[] {
  const { items, groups, groupsOf } = ranker.knowledge;
  const first = [...Map.groupBy(judged, ({ dialogueId }) => dialogueId).values()].flatMap(
    ([turn]) => {
      const target = turn!.targets.find((name, i) => turn!.isNew[i] && items.find(name) >= 0);
      return target === undefined ? [] : [{ target, said: turn!.texts.join('. ') }];
    },
  );
  const chosen = shuffled(first, new Random(seed)).slice(0, DIALOGUES);
  return [
    ['millrace', 2],
    ['millrace, no questions', 0],
  ].flatMap(([model, questions]) => {
    const turns = chosen.map(({ target, said }) => {
      const own = groupsOf[items.find(target)]!.map((group) => groups.name(group));
      const manager = new DialogueManager(ranker, lexicon, {
        k: SHOWN,
        questions: Number(questions),
      });
      return turnsTo(target, manager, said, own);
    });
    return [
      meanRow(
        String(model),
        'success in 10 turns',
        turns.map((n) => (n === undefined ? 0 : 1)),
      ),
      meanRow(
        String(model),
        'turns',
        turns.map((n) => n ?? TURNS),
      ),
    ];
  });
}
