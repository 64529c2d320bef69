// Which returns of users become requests, and how long the log waits for their answers.
import { describe, expect, it } from '@jest/globals';
import { LiveRequests } from '../../app/demo/live.ts';
import type { ReplaySession } from '../../infra/replay/replayer.ts';
import { impressionOf } from '../support/events.ts';

const session = (row: number, nth: number, sessionId = `s${row}`): ReplaySession => ({
  kind: 'session',
  at: 1_000 * row,
  row,
  rows: 100,
  nth,
  sessionId,
  userId: 'u',
});

describe('the live part of a replay', () => {
  it('begins at its share of the rows, and takes a user’s first sessions alone', () => {
    const live = new LiveRequests({ from: 0.3, sessionsEach: 2 }, async () => {});
    const asked = [session(29, 1), session(30, 2), session(31, 3), session(99, 1)].map(
      (one) => live.onSession(one)?.request.requestId,
    );
    expect(asked).toEqual([undefined, 's30', undefined, 's99']);
    expect(live.counts).toEqual({ requests: 2, unanswered: 0 });
  });

  it('waits before the first request alone, and for each answer', async () => {
    const live = new LiveRequests({ from: 0, sessionsEach: 9 }, async () => {});
    expect(live.serving).toBe(false);
    const first = live.onSession(session(1, 1))!;
    const second = live.onSession(session(2, 2))!;
    expect(live.serving).toBe(true);
    expect([first.ready, second.ready]).toEqual([expect.any(Function), undefined]);
    // A day of event time for the feedback.
    expect(first.dueAt).toBe(1_000 + 86_400_000);
    const slate = (requestId: string) => impressionOf('i', 'u', 0, ['a'], { requestId });
    const answers = Promise.all([first.answered(), second.answered()]);
    live.answered(slate('s2'));
    live.answered(slate('s1'));
    await answers;
    expect(live.counts).toEqual({ requests: 2, unanswered: 0 });
  });
});
