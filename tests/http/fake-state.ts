// A dashboard state such as a run on films gives, for the tests of the page. Its shape is the real
// one; its figures are made up by formula, seeded, and mean nothing.
import { noCounters } from '../../infra/http/live.ts';
import { type DashboardState, emptyPanels, type Panels } from '../../infra/http/state.ts';
import { beyondClicks } from './fake-beyond.ts';
import {
  decisions,
  models,
  overTime,
  panel,
  steps,
  throughput,
  topics,
  variants,
} from './fake-panels.ts';

/**
 * @param tick later ticks have more events
 * @param firstTitle title of the first film of the latest decision
 */
export function fakeState(tick = 0, firstTitle?: string): DashboardState {
  const latest = decisions(Date.UTC(2017, 4, 3, 19, 24, 10));
  if (firstTitle !== undefined) latest.rows[0]!.items[0] = firstTitle;
  const read = Math.min(100_004, 86_120 + tick * 1000);
  const panels: Panels = {
    ...emptyPanels(),
    ...overTime(),
    decisions: latest,
    topics: topics(1_000_000 + tick * 1000, tick * 420),
    throughput: throughput(),
    ctr: panel(
      1,
      variants.map(({ variant, n, ctr }) => {
        const clicks = Math.round(n * 10 * ctr);
        return { variant, source: 'logged', impressions: n, shown: n * 10, clicks, ctr };
      }),
    ),
    reward: panel(
      1,
      variants.map(({ variant, n, ctr }) => {
        const reward = Math.round(n * 10 * ctr);
        return { variant, impressions: n, reward, rewardPerImpression: reward / n };
      }),
    ),
    snips: panel(
      1,
      variants.map(({ variant, n, snips, width }) => {
        const interval = { snips, low: snips - width, high: snips + width };
        return { variant, impressions: 1893, ...interval, ess: n * 10 * (1 - width * 20) };
      }),
    ),
    ...beyondClicks(),
    latency: panel(
      1,
      variants.map(({ variant, n }, v) => ({ variant, n, p50Ms: 0.42 + v * 0.1, p99Ms: 2.9 + v })),
    ),
    auc: panel(
      1,
      models.map(({ model, auc }) => ({
        model,
        source: 'logged',
        n: 79_820,
        positives: 38_410,
        auc,
      })),
    ),
    logloss: panel(
      1,
      models.map(({ model, logloss }) => ({ model, source: 'logged', n: 79_820, logloss })),
    ),
    ranking: panel(
      1,
      models.map(({ model, hr10, ndcg10, mrr }) => ({ model, n: 38_102, hr10, ndcg10, mrr })),
    ),
    tiers: panel(1, [
      { tier: 'fast', impressions: 1766, share: 0.933 },
      { tier: 'llm', impressions: 127, share: 0.067 },
    ]),
    fidelity: panel(1, [{ n: 1840, auc: 0.612, logloss: 0.661, ece: 0.043 }]),
    calibration: panel(
      1,
      ['simulator', 'millrace'].flatMap((model, m) =>
        steps(10).map((bin) => {
          const meanP = bin / 10 + 0.05;
          const meanY = meanP * (m ? 0.98 : 0.7) + (m ? 0.01 : 0.14);
          return { model, bin, n: 180, meanP, meanY };
        }),
      ),
    ),
    deadLetters: panel(1, [
      { origin: 'clicks', code: 'late-click', n: 5, lastAt: Date.UTC(2016, 7, 1, 8, 3, 4) },
      { origin: 'clicks', code: 'orphan-click', n: 2, lastAt: Date.UTC(2016, 5, 14, 22, 41, 9) },
    ]),
    experiments: panel(1, [
      {
        at: Date.UTC(2009, 4, 2, 10, 0, 0),
        experimentId: 'millrace-over-uniform',
        phase: 'ab',
        reason: 'no harm seen',
        users: 20,
        difference: 1.32,
        low: 0.21,
        high: 2.43,
        candidateShare: 0.5,
      },
      {
        at: Date.UTC(2008, 1, 9, 18, 30, 0),
        experimentId: 'inverted-over-popularity',
        phase: 'gate',
        reason: 'begun',
        users: null,
        difference: null,
        low: null,
        high: null,
        candidateShare: 0,
      },
    ]),
    intents: panel(1, [
      {
        at: Date.UTC(2009, 4, 2, 10, 0, 0),
        userId: '17',
        wanted: ['Drama', '1990s'],
        avoid: [],
        mood: 'calm',
        constraints: ['short'],
        confidence: 0.71,
        uncertainty: 0.18,
      },
    ]),
    explanations: panel(1, [
      {
        at: Date.UTC(2009, 4, 2, 10, 0, 0),
        userId: '17',
        title: 'Heat (1995)',
        text: 'Because you liked Casino (1995), a crime drama like this one.',
        citedTitles: ['Casino (1995)'],
        citedGroups: ['Crime', 'Drama'],
        score: 1.4,
      },
    ]),
    audit: panel(1, [
      { kind: 'hallucination', component: 'reason', name: 'avoid-liked', found: 12, looked: 340 },
    ]),
    accounting: panel(1, [
      { read, inImpressions: read, inExamples: read - 214, lost: 214, duplicated: 0 },
    ]),
  };
  return { live: fakeCounters(tick, read), panels };
}

function fakeCounters(tick: number, events: number): DashboardState['live'] {
  const stage = (name: string, processed: number, perSecond: number, lag: number) => {
    return { name, processed: processed + tick * perSecond, perSecond, lag, commits: 96 + tick };
  };
  return {
    ...noCounters(),
    phase: 'replay',
    replay: { events, total: 100_004, perSecond: 3120 },
    stages: [
      stage('basis', 412, 7.8, 0),
      stage('serve', 65_293, 1774, 40),
      stage('learn', 14_602, 402, 9),
      stage('learn-llm', 14_602, 399, 12),
      stage('calibrate', 14_602, 398, 12),
      stage('promote-millrace-over-uniform', 14_602, 398, 12),
      stage('promote-inverted-over-popularity', 14_602, 398, 12),
      { ...stage('represent', 412, 7.8, 1490), commits: 0 },
      { ...stage('reason', 14_790, 403, 30), commits: 0 },
      { ...stage('simulate', 1893, 21.5, 35), commits: 0 },
      { ...stage('explain', 14_790, 403, 30), commits: 0 },
    ],
    llm: {
      model: 'SmolLM2-135M-Instruct Q4_1',
      vectors: 412,
      simulated: 1893,
      queued: 1525,
      shed: 61,
      busy: 0.87,
    },
    seconds: 41.4 + tick,
  };
}
