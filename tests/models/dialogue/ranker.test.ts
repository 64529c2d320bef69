// The dialogue ranker learns what follows what, and what is liked together.
import { describe, expect, it } from '@jest/globals';
import { Knowledge } from '../../../models/dialogue/ranker/knowledge.ts';
import { DialogueRanker } from '../../../models/dialogue/ranker/ranker.ts';
import type { DialogueTurn } from '../../../models/dialogue/turn.ts';

const titles = [
  'Sea One (1990)',
  'Sea Two (1992)',
  'Moon One (2010)',
  'Moon Two (2012)',
  'Other (2000)',
];

function knowledge(): Knowledge {
  const known = new Knowledge();
  for (const title of titles) known.add({ itemId: title, title, groups: [title.split(' ')[0]!] });
  return known;
}

function turnsOf(n: number): DialogueTurn[] {
  return Array.from({ length: n }, (_, i) => {
    const [from, to] = i % 2 === 0 ? [0, 1] : [2, 3];
    const topic = i % 2 === 0 ? 'waves' : 'stars';
    return {
      dialogueId: String(i),
      texts: [`I like ${topic}`],
      entities: i % 3 === 0 ? [] : [titles[from]!],
      targets: [titles[to]!],
    };
  });
}

const best = (ranker: DialogueRanker, texts: string[], entities: string[]) => {
  const scores = ranker.scores({ texts, entities });
  return titles[scores.indexOf(Math.max(...scores))];
};

describe('the dialogue ranker', () => {
  it('recommends what followed the items named', () => {
    const ranker = new DialogueRanker(knowledge(), turnsOf(60));
    expect(best(ranker, ['what next?'], [titles[0]!])).toBe(titles[1]);
    expect(best(ranker, ['what next?'], [titles[2]!])).toBe(titles[3]);
  });

  it('recommends what followed such words', () => {
    const ranker = new DialogueRanker(knowledge(), turnsOf(60));
    expect(best(ranker, ['oh, waves!'], [])).toBe(titles[1]);
    expect(best(ranker, ['stars, I think'], [])).toBe(titles[3]);
  });

  it('knows from likes alone what is near', () => {
    const known = knowledge();
    for (let user = 0; user < 20; user++) known.likedTogether([0, 1]);
    for (let user = 0; user < 20; user++) known.likedTogether([2, 3]);
    const ranker = new DialogueRanker(known, []);
    const scores = ranker.scores({ texts: [], entities: [titles[2]!] });
    expect(scores[3]).toBeGreaterThan(scores[1]!);
    expect(scores[3]).toBeGreaterThan(scores[4]!);
  });

  it('is the same for the same seed', () => {
    const weights = (seed: number) => [
      ...new DialogueRanker(knowledge(), turnsOf(30), { seed }).logit.weights,
    ];
    expect(weights(3)).toEqual(weights(3));
    expect(weights(3)).not.toEqual(weights(4));
  });
});
