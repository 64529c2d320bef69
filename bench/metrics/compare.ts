// The largest difference of each figure from each peer.
import type { Figures } from './figures.ts';
import type { PeerFigures } from './peer.ts';

export interface Row {
  readonly side: string;
  readonly figure: string;
  readonly peer: string;
  /** Number of cases that both judged. */
  readonly cases: number;
  /** Largest |ours − theirs| / max(1, |theirs|); infinite where one of them alone is NaN. */
  readonly difference: number;
  /** Case of the largest difference. */
  readonly worst: string;
  readonly within: boolean;
}

/** Largest relative difference that is rounding. */
const TOLERANCE = 1e-9;

export function compared(side: string, ours: Figures, peers: PeerFigures['figures']): Row[] {
  return Object.entries(ours).flatMap(([figure, own]) =>
    Object.entries(peers[figure] ?? {}).flatMap(([peer, theirs]) => {
      const shared = Object.keys(own).filter((name) => name in theirs);
      if (shared.length === 0) return [];
      const differences = shared.map((name) => off(own[name]!, theirs[name] ?? Number.NaN));
      const difference = Math.max(...differences);
      const worst = shared[differences.indexOf(difference)]!;
      const within = difference <= TOLERANCE;
      return [{ side, figure, peer, cases: shared.length, difference, worst, within }];
    }),
  );
}

function off(own: number, other: number): number {
  if (Number.isNaN(own) && Number.isNaN(other)) return 0;
  const gap = Math.abs(own - other) / Math.max(1, Math.abs(other));
  return Number.isNaN(gap) ? Number.POSITIVE_INFINITY : gap;
}

export function tableOf(rows: readonly Row[]): string {
  const lines = rows.map(({ side, figure, peer, cases, difference, worst, within }) => {
    const told = `${difference.toExponential(1)}${within ? '' : ` BEYOND (${worst})`}`;
    return `| ${side} | ${figure} | ${peer} | ${cases} | ${told} |`;
  });
  const head = '| ours | figure | peer | cases | largest difference |\n|---|---|---|---|---|';
  return [head, ...lines].join('\n');
}
