import { describe, expect, it } from '@jest/globals';
import {
  newUser,
  recentLimit,
  sessionGapMs,
  trackClick,
  trackImpression,
} from '../../models/user/track.ts';
import { clickOf } from '../support/events.ts';

const minute = 60_000;

describe('track', () => {
  it('counts feedback, and taste by every group of the item', () => {
    let state = trackImpression(newUser('u'), 0);
    const liked = clickOf('c1', 'i', 'u', 'a', minute, { value: 4.5 });
    const disliked = clickOf('c2', 'i', 'u', 'b', 2 * minute, { positive: false, value: 2 });
    state = trackClick(state, liked, ['drama', 'war']);
    state = trackClick(state, disliked, ['war']);
    expect(state).toMatchObject({ feedbacks: 2, positives: 1, valueSum: 6.5, impressions: 1 });
    expect(state.groups).toEqual([
      { group: 'drama', feedbacks: 1, positives: 1, valueSum: 4.5 },
      { group: 'war', feedbacks: 2, positives: 1, valueSum: 6.5 },
    ]);
    expect(state.recent.map(({ itemId }) => itemId)).toEqual(['a', 'b']);
  });

  it('opens a session after a pause of half an hour, not before', () => {
    let state = trackImpression(newUser('u'), minute);
    state = trackClick(state, clickOf('c', 'i', 'u', 'a', minute + sessionGapMs - 1), []);
    expect(state.sessions).toBe(1);
    const again = minute + 2 * sessionGapMs - 1;
    state = trackImpression(state, again);
    expect(state).toMatchObject({ sessions: 2, sessionStart: again });
  });

  it('remembers the last items only, and never changes a state in place', () => {
    let state = newUser('u');
    const before = structuredClone(state);
    const first = state;
    for (let i = 0; i < recentLimit + 5; i++) {
      state = trackClick(state, clickOf(`c${i}`, 'i', 'u', `item${i}`, i), ['g']);
    }
    expect(state.recent).toHaveLength(recentLimit);
    expect(state.recent[0]?.itemId).toBe('item5');
    expect(first).toEqual(before);
  });

  it('counts what a simulator answered apart from the taste', () => {
    const simulated = clickOf('c', 'i', 'u', 'a', 5, { source: 'simulated', confidence: 0.4 });
    const state = trackClick(newUser('u'), simulated, ['drama']);
    expect(state).toMatchObject({ feedbacks: 0, simulatedFeedbacks: 1, simulatedPositives: 1 });
    expect(state.recent).toEqual([]);
    expect(state.groups).toEqual([]);
  });
});
