// A report of off-policy estimates for people.

import { grid } from '../../app/grid.ts';
import { mean } from '../../models/moments.ts';
import type { Diagnostics } from '../../models/ope/diagnostics.ts';
import type { Interval } from '../../models/ope/intervals/interval.ts';
import type { Estimate } from '../../models/ope/report.ts';
import { warnings } from '../../models/ope/warnings.ts';
import type { OffPolicyTask } from './task.ts';

const digits = (value: number) => (Number.isFinite(value) ? value.toFixed(5) : '-');
const ends = (interval: Interval | null) =>
  interval ? `${digits(interval.low)} to ${digits(interval.high)}` : '-';

export function reportText(
  { dataset, direction, rounds, unreadable }: OffPolicyTask,
  estimates: readonly Estimate[],
  found: Diagnostics,
): string {
  const { effectiveSampleSize, meanWeight, maxWeight, weight99, tailIndex, overlap } = found;
  const said = warnings(found);
  return [
    `${dataset} ${direction}: ${found.rounds} rounds, mean reward ${digits(mean(rounds.rewards))}${unreadable > 0 ? `, ${unreadable} rows unreadable` : ''}`,
    '',
    grid(
      [
        'estimator',
        'value',
        'error',
        '95 % normal',
        '95 % BCa',
        '95 % Bernstein',
        '95 % at all times',
      ],
      estimates.map((one) => [
        one.estimator.replace(/\(.*\)/, lambda),
        digits(one.value),
        digits(one.standardError),
        ends(one.normal),
        ends(one.bca),
        ends(one.empiricalBernstein),
        ends(one.anytime),
      ]),
    ),
    '',
    `effective rounds ${effectiveSampleSize.toFixed(1)}   overlap ${overlap.toFixed(3)}   missing support ${found.missingSupport?.toFixed(4) ?? 'not known'}`,
    `weights: mean ${meanWeight.toFixed(3)}   99 % ${weight99.toFixed(2)}   largest ${maxWeight.toFixed(2)}   tail index ${tailIndex.toFixed(2)}`,
    ...said.map((warning) => `! ${warning}`),
  ].join('\n');
}

const lambda = (text: string) => `(${Number(text.slice(1, -1)).toPrecision(3)})`;
