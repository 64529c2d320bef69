import { describe, expect, it } from '@jest/globals';
import type { Policy } from '../../models/policy.ts';
import { type EpisodeOptions, episodeOf, type Shelf } from '../../models/reward/episode.ts';
import { newUser } from '../../models/user/track.ts';

const itemIds = Array.from({ length: 200 }, (_, i) => String(i));
const shelf: Shelf = {
  itemIds,
  describe: (_, ids) => ids.map((itemId) => ({ itemId, groups: ['g'], similarity: null })),
};
/** Everybody likes the items of high numbers. */
const truth = (itemId: string) => 0.05 + (0.9 * Number(itemId)) / 200;
const user = {
  predictItem: (_: unknown, { itemId }: { itemId: string }) => truth(itemId),
  predictItemValue: () => 1,
};
const policy = (name: string, score: (itemId: string) => number): Policy => ({
  name,
  version: 0,
  scores: ({ candidates }) => Float64Array.from(candidates, ({ itemId }) => score(itemId)),
});
const uniform = policy('uniform', () => 0);
const knowing = policy('knowing', (itemId) => 10 * truth(itemId));
const persona = { ...newUser('u'), at: 1_000_000, positives: 5 };
const options: EpisodeOptions = {
  turns: 8,
  leaving: () => 0.2,
  seed: 3,
  k: 5,
  saturation: 0,
};
const play = (one: Policy, more: Partial<EpisodeOptions> = {}, answering = user) =>
  episodeOf(one, answering, shelf, persona, { ...options, ...more });

describe('episodeOf', () => {
  it('is the same for the same seed, and shows nothing twice', () => {
    const first = play(knowing, { leaving: () => 0 });
    expect(play(knowing, { leaving: () => 0 })).toEqual(first);
    expect(play(knowing, { leaving: () => 0, seed: 4 })).not.toEqual(first);
    expect(first).toMatchObject({ turns: 8, left: false });
    expect(new Set(first.shown).size).toBe(40);
    const reward = first.shown.reduce((sum, itemId) => sum + truth(itemId), 0);
    expect(first.reward).toBeCloseTo(reward, 9);
  });

  it('ends when the user leaves, sooner where little was liked', () => {
    expect(play(uniform, { leaving: () => 1 })).toMatchObject({ turns: 1, left: true });
    const turns = (one: Policy) =>
      Array.from({ length: 40 }, (_, seed) =>
        play(one, { seed, turns: 50, k: 2, leaving: (share) => 0.5 - 0.4 * share }),
      ).reduce((sum, episode) => sum + episode.turns, 0);
    expect(turns(knowing)).toBeGreaterThan(1.2 * turns(uniform));
  });

  it('tires of what it saw, and remembers the session', () => {
    const stays = { leaving: () => 0 };
    const rested = play(uniform, stays);
    const tired = play(uniform, { ...stays, saturation: 0.2 });
    expect(tired.shown).toEqual(rested.shown);
    expect(tired.reward).toBeLessThan(0.95 * rested.reward);
    const feedbacks: number[] = [];
    play(uniform, stays, {
      ...user,
      predictItem: (state: unknown) => {
        feedbacks.push((state as typeof persona).feedbacks);
        return 0.5;
      },
    });
    // A slate is answered at one moment, with what came of the ones before it.
    expect(feedbacks.slice(0, 11)).toEqual([0, 0, 0, 0, 0, 5, 5, 5, 5, 5, 10]);
    expect(persona.feedbacks).toBe(0);
  });
});
