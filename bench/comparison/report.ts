// Puts the rounds of a comparison together: medians of the warm passes, ratios, and a person's table.

import { median } from '../support/statistics.ts';
import type { Verdict } from './check.ts';
import type { Figures } from './figures.ts';

/** One process of one side: its passes, and what its warm pass wrote. */
export interface Round {
  readonly passes: readonly Figures[];
  readonly output: Verdict;
}

export interface Side {
  /** Settings of the process, in words. */
  readonly setting: string;
  readonly rounds: readonly Round[];
}

/** Both sides at the same commit interval, or each at its best; either may be unmeasured. */
export interface Row {
  readonly ours?: Side;
  readonly peer?: Side;
}

/**
 * The figures of one side: medians over the rounds' warm passes, with the rate of the cold ones.
 */
export function summarise({ setting, rounds }: Side) {
  const warm = rounds.map(({ passes }) => passes.at(-1)!);
  const middle = (of: (figures: Figures) => number, digits = 2) =>
    Number(median(warm.map(of)).toFixed(digits));
  return {
    setting,
    rounds: rounds.length,
    eventsPerSecond: middle((pass) => pass.eventsPerSecond, 0),
    eachRound: warm.map(({ eventsPerSecond }) => eventsPerSecond),
    coldEventsPerSecond: Math.round(median(rounds.map(({ passes }) => passes[0]!.eventsPerSecond))),
    commitsPerSecond: Number(
      median(
        rounds.map(({ passes, output }) => output.transactions / passes.at(-1)!.seconds),
      ).toFixed(1),
    ),
    cpuPerMillion: middle((pass) => pass.cpuPerMillion),
    cpuPerMillionInWindow: middle((pass) => pass.cpuPerMillionInWindow),
    brokerCpuPerMillion: middle((pass) => pass.brokerCpuPerMillion),
    maxRssMiB: middle((pass) => pass.maxRssMiB, 0),
    otherCores: middle((pass) => pass.otherCores),
    stolenCores: middle((pass) => pass.stolenCores),
    sha256: [...new Set(rounds.map(({ output }) => output.sha256))],
  };
}

/** Whether an output is what it must be: every example once, under its key, with the right content. */
export function isRight(output: Verdict, expected: { outputs: number; sha256: string }): boolean {
  return (
    output.outputs === expected.outputs &&
    output.duplicates === 0 &&
    output.wrongKeys === 0 &&
    output.sha256 === expected.sha256
  );
}

/** Each side in the row in which its median is highest. */
export function bestOf(rows: readonly Row[]): Row {
  const best = (sides: readonly (Side | undefined)[]) =>
    sides
      .filter((side) => side !== undefined)
      .toSorted((a, b) => summarise(b).eventsPerSecond - summarise(a).eventsPerSecond)[0];
  const ours = best(rows.map((row) => row.ours));
  const peer = best(rows.map((row) => row.peer));
  return { ...(ours ? { ours } : {}), ...(peer ? { peer } : {}) };
}

export function ratioOf({ ours, peer }: Row): number | null {
  if (!ours || !peer) return null;
  const ratio = summarise(ours).eventsPerSecond / summarise(peer).eventsPerSecond;
  return Number(ratio.toFixed(3));
}

const columns = [
  ['events/s', 'eventsPerSecond'],
  ['cold', 'coldEventsPerSecond'],
  ['commits/s', 'commitsPerSecond'],
  ['CPU s/M', 'cpuPerMillion'],
  ['broker CPU s/M', 'brokerCpuPerMillion'],
  ['peak MiB', 'maxRssMiB'],
  ['other cores', 'otherCores'],
  ['stolen', 'stolenCores'],
] as const;

/** The rows as text for people. */
export function table(rows: readonly Row[]): string {
  const lines = [['', ...columns.map(([title]) => title)]];
  for (const { ours, peer } of rows) {
    for (const [name, side] of [
      ['Kafka Streams', peer],
      ['Millrace', ours],
    ] as const) {
      if (!side) continue;
      const summary = summarise(side);
      const cells = columns.map(([, key]) => String(summary[key]));
      lines.push([`${name}, ${side.setting}`, ...cells]);
    }
  }
  const widths = lines[0]!.map((_, i) => Math.max(...lines.map((line) => line[i]!.length)));
  return lines
    .map((line) =>
      line
        .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
        .join('  '),
    )
    .join('\n');
}
