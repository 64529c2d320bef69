// `millrace evaluate poi`: the place that a user visits at a given time, among all places.

import { Figures } from '../models/evaluation/figures.ts';
import type { HistoryModel } from '../models/evaluation/history-model.ts';
import { tableBaselines } from '../models/evaluation/table-baselines.ts';
import { midHit, rankOf } from '../models/metrics/ranking.ts';
import { VisitRanker } from '../models/sequence/visit-ranker.ts';
import type { VisitQuery } from '../models/sequence/visits.ts';
import { lastCheckIns, promptedCheckIns } from './poi-log.ts';
import type { Protocol } from './protocol.ts';

/** Check-ins that item-kNN pairs a check-in with: users have up to 2,000, and pairs of all would be millions. */
const WINDOW = 20;

export const poi: Protocol = {
  name: 'poi',
  doc: `The place that a user visits at a given time, among all places, those visited before too. Acc@1, Acc@5,
Acc@10 by the middle rank of ties. foursquare-nyc: the questions of test_id.json, each with its visits and the
user's rows of train_data.csv before the time asked; others are learned from train_data.csv alone. foursquare: the last
check-in of each user with five or more, after all others up to it were learned. item-kNN pairs a check-in with
the ${WINDOW} before it.`,
  datasets: ['foursquare-nyc', 'foursquare'],
  async run({ dataset, folder, seed, signal, progress }) {
    const read = dataset === 'foursquare' ? lastCheckIns : promptedCheckIns;
    const { histories, questions, size, locations } = await read(folder);
    progress(`${histories.length} users, ${size} places, ${questions.length} questions`);
    const baselines = [...tableBaselines({ window: WINDOW }), ownFrequency()];
    for (const { items } of histories) {
      for (const [at, item] of items.entries()) {
        // More than the window is never looked at.
        const earlier = items.slice(Math.max(0, at - WINDOW), at);
        for (const model of baselines) model.learn(item, earlier);
      }
    }
    signal.throwIfAborted();
    const ours = VisitRanker.fit(histories, size, { seed, locations });
    progress(`blend learned: ${JSON.stringify(ours.weights)}`);
    const models = [
      { name: ours.name, scores: (query: VisitQuery) => ours.scores(query) },
      ...baselines.map((model) => ({
        name: model.name,
        scores: ({ items }: VisitQuery) => model.scores(items, size),
      })),
    ];
    const figures = new Figures();
    for (const { query, target } of questions) {
      signal.throwIfAborted();
      for (const model of models) {
        const rank = rankOf(model.scores(query), target);
        figures.add(model.name, {
          'Acc@1': midHit(rank, 1),
          'Acc@5': midHit(rank, 5),
          'Acc@10': midHit(rank, 10),
        });
      }
    }
    return { protocol: 'poi', dataset, n: questions.length, seed, rows: figures.rows() };
  },
};

/** How often the user was at each place. */
function ownFrequency(): HistoryModel {
  return {
    name: 'own frequency',
    learn() {},
    scores(history, size) {
      const scores = new Float64Array(size);
      for (let i = 0; i < history.length; i++) scores[history[i]!]! += 1;
      return scores;
    },
  };
}
