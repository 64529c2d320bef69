// Puts the rounds of one size together: medians, the peer at its best, ratios, and a person's table.
import { median } from '../support/statistics.ts';
import type { OursFigures, PeerFigures } from './figures.ts';
import { SLATE, type StreamOptions } from './stream.ts';

export interface Point {
  readonly stream: StreamOptions;
  readonly ours: readonly OursFigures[];
  readonly peer: readonly PeerFigures[];
}

type Form = PeerFigures['learn'][number]['form'];
type From = PeerFigures['learn'][number]['from'];

/**
 * The peer's best setting of a form, by the highest median; undefined if the form was not measured.
 */
function bestLearning(rounds: readonly PeerFigures[], form: Form, sources: readonly From[]) {
  const settings = (rounds[0]?.learn ?? []).filter(
    (one) => one.form === form && sources.includes(one.from),
  );
  const rated = settings.map(({ exploration, from }) => ({
    setting: `${exploration}, ${from}`,
    perSecond: median(
      rounds.map(
        ({ learn }) =>
          learn.find(
            (one) => one.form === form && one.from === from && one.exploration === exploration,
          )!.examplesPerSecond,
      ),
    ),
  }));
  return rated.toSorted((a, b) => b.perSecond - a.perSecond)[0];
}

/** The peer's quickest way to decide, by its median. */
function bestDeciding(rounds: readonly PeerFigures[], from: 'text' | 'parsed') {
  const settings = (rounds[0]?.decide ?? []).filter((one) => one.from === from);
  const timed = settings.map(({ exploration }) => {
    const found = rounds.map(
      ({ decide }) => decide.find((one) => one.from === from && one.exploration === exploration)!,
    );
    return {
      setting: exploration,
      us: middle(found.map(({ us }) => us)),
      cpuUs: middle(found.map(({ cpuUs }) => cpuUs)),
    };
  });
  return timed.toSorted((a, b) => a.cpuUs.p50 - b.cpuUs.p50)[0];
}

const middle = (quantiles: readonly { p50: number; p99: number }[]) => ({
  p50: median(quantiles.map(({ p50 }) => p50)),
  p99: median(quantiles.map(({ p99 }) => p99)),
});

function summariseOurs(rounds: readonly OursFigures[]) {
  const of = (take: (one: OursFigures) => number) => median(rounds.map(take));
  return {
    slatesPerSecond: of((one) => one.slatesPerSecond),
    eachRound: rounds.map((one) => Math.round(one.slatesPerSecond)),
    coldSlatesPerSecond: of((one) => one.coldSlatesPerSecond),
    decodedSlatesPerSecond: of((one) => one.decodedSlatesPerSecond),
    topsPerSecond: of((one) => one.topsPerSecond),
    decisionUs: middle(rounds.map(({ decisionUs }) => decisionUs)),
    retrievalsPerSecond: of((one) => one.retrievalsPerSecond),
    snapshotMiB: of((one) => one.snapshotMiB),
  };
}

export function summarise({ stream, ours, peer }: Point) {
  const mine = ours.length > 0 ? summariseOurs(ours) : undefined;
  const top = bestLearning(peer, 'top', ['cache', 'parsed']);
  const shown = bestLearning(peer, 'shown', ['cache', 'parsed']);
  const theirs = {
    top,
    topFromText: bestLearning(peer, 'top', ['text']),
    shown,
    decision: bestDeciding(peer, 'parsed'),
    decisionFromText: bestDeciding(peer, 'text'),
  };
  return {
    ...stream,
    ours: mine,
    peer: peer.length > 0 ? theirs : undefined,
    ratio: mine && top && shown ? ratios(mine, top.perSecond, shown.perSecond) : undefined,
  };
}

function ratios(
  { slatesPerSecond, topsPerSecond }: ReturnType<typeof summariseOurs>,
  top: number,
  shown: number,
) {
  return {
    /**
     * Ratio of decisions learned a second: ours from all outcomes of the slate, theirs from the
     * first.
     */
    perDecision: slatesPerSecond / top,
    /** Ratio of decisions learned a second, both from the outcome of the first position alone. */
    sameLabel: topsPerSecond / top,
    /** Ratio of labelled outcomes learned a second. */
    perOutcome: (SLATE * slatesPerSecond) / top,
    /**
     * Ratio of labelled outcomes learned a second, with the peer spared the candidates that were
     * not shown.
     */
    perOutcomeShownAlone: (SLATE * slatesPerSecond) / shown,
  };
}

type Summary = ReturnType<typeof summarise>;

const COLUMNS: readonly (readonly [string, (one: Summary) => number | undefined])[] = [
  ['items', (one) => one.items],
  ['users', (one) => one.users],
  ['slates/s', (one) => one.ours?.slatesPerSecond],
  ['tops/s', (one) => one.ours?.topsPerSecond],
  ['decision p50 µs', (one) => one.ours?.decisionUs.p50],
  ['p99', (one) => one.ours?.decisionUs.p99],
  ['retrievals/s', (one) => one.ours?.retrievalsPerSecond],
  ['VW top/s', (one) => one.peer?.top?.perSecond],
  ['VW text/s', (one) => one.peer?.topFromText?.perSecond],
  ['VW shown/s', (one) => one.peer?.shown?.perSecond],
  ['VW p50 µs', (one) => one.peer?.decision?.us.p50],
  ['p99', (one) => one.peer?.decision?.us.p99],
  ['a decision', (one) => one.ratio?.perDecision],
  ['same label', (one) => one.ratio?.sameLabel],
  ['an outcome', (one) => one.ratio?.perOutcome],
  ['shown alone', (one) => one.ratio?.perOutcomeShownAlone],
];

/** The sizes as text for people. */
export function table(summaries: readonly Summary[]): string {
  const cell = (value: number | undefined) =>
    value === undefined ? '–' : value < 20 ? value.toFixed(2) : value.toFixed(0);
  const lines = [
    COLUMNS.map(([title]) => title),
    ...summaries.map((one) => COLUMNS.map(([, of]) => cell(of(one)))),
  ];
  const widths = COLUMNS.map((_, i) => Math.max(...lines.map((line) => line[i]!.length)));
  return lines.map((line) => line.map((one, i) => one.padStart(widths[i]!)).join('  ')).join('\n');
}
