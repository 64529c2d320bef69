// `millrace evaluate conversational`: what was recommended next in dialogues, among everything known.

import { redialTexts } from '../../app/talk/learned.ts';
import { lexiconOf } from '../../app/talk/open.ts';
import { DialogueRanker } from '../../models/dialogue/ranker/ranker.ts';
import type { EvaluationRow } from '../../models/evaluation/evaluation.ts';
import { tableBaselines } from '../../models/evaluation/table-baselines.ts';
import type { Protocol } from '../protocol.ts';
import { withScratch } from '../scratch.ts';
import { readData } from './data.ts';
import { linkingRows } from './linking.ts';
import { type DialogueModel, mentionedFirst, overNames, Recalls } from './ranks.ts';
import { Replies } from './replies.ts';
import { seekerRows } from './seeker.ts';

export const conversational: Protocol = {
  name: 'conversational',
  doc: `What was recommended in a turn of a dialogue, each target alone, among all items known: Recall@1, @10
and @50, over all targets and over those that were not named before (new; then nothing that was named is
a candidate). redial: learned on valid_data.jsonl and the shipped sample of MovieLens by title and year,
judged on test_data_processed.jsonl. opendialkg: learned on train and valid turns, judged on test turns.
A target that nothing learned names is missed. Turns to success: 100 dialogues with a simulated seeker who
has one item in mind, ten items a slate, ten turns at most, with questions and without. Replies beside what
people said: BLEU, ROUGE, distinct-n, with a constant sentence as a row. redial: precision and recall of the films found
in its texts, by its own marks. The seed decides the folds and the order of learning.`,
  datasets: ['redial', 'opendialkg'],
  async run({ dataset, folder, seed, signal, progress }) {
    return withScratch(async (scratch) => {
      const { knowledge, idOf, learned, judged } = await readData(dataset, folder, scratch);
      progress(`${learned.length} turns to learn, ${judged.length} to judge`);
      const { items } = knowledge;
      const ranker = new DialogueRanker(knowledge, learned, { seed });
      const models: DialogueModel[] = [
        { name: 'millrace', scores: (context) => ranker.scores(context) },
        mentionedFirst(items),
        ...tableBaselines().map((model) => overNames(model, learned, items)),
      ];
      const recalls = new Recalls(items);
      const replies = new Replies();
      for (const [i, turn] of judged.entries()) {
        signal.throwIfAborted();
        for (const { name, scores } of models) recalls.add(name, scores(turn), turn);
        replies.add(ranker, ranker.scores(turn), turn);
        if ((i + 1) % 500 === 0) progress(`${i + 1} turns judged`);
      }
      const isNew = judged.flatMap((turn) => turn.isNew);
      const counts: EvaluationRow[] = [
        ['turns', judged.length],
        ['targets', isNew.length],
        ['targets new', isNew.filter((one) => one).length],
      ].map(([metric, value]) => {
        return { model: 'counted', metric: String(metric), span: 'all', value: Number(value) };
      });
      progress('dialogues with a simulated seeker');
      const lexicon = lexiconOf({ knowledge });
      const turns = seekerRows(ranker, lexicon, judged, seed);
      const texts = dataset === 'redial' ? await redialTexts(folder) : [];
      const linked = texts.length > 0 ? linkingRows(texts, lexicon, idOf) : [];
      const rows = [...recalls.rows(), ...turns, ...replies.rows(), ...linked, ...counts];
      return { protocol: 'conversational', dataset, n: isNew.length, seed, rows };
    });
  },
};
