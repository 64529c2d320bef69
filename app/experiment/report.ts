// An experiment's verdict, and how it is said to people.
import type { Share } from '../../models/experiment/assign.ts';
import type { SequenceOptions } from '../../models/experiment/confidence-sequence.ts';
import { type Difference, difference } from '../../models/experiment/difference.ts';
import {
  effectiveItems,
  type Guardrail,
  guardrails,
  isKnown,
} from '../../models/experiment/guardrails.ts';
import { chiSquareP, sampleRatioP } from '../../models/experiment/sample-ratio.ts';
import { MillraceError } from '../../schemas/errors.ts';
import { grid } from '../grid.ts';
import type { ExperimentRead } from './read.ts';

/** The verdict; `sample-ratio` and `guardrail` come before all others. */
type Verdict =
  | 'better'
  | 'worse'
  | 'undecided'
  | 'too few users'
  | 'sample-ratio'
  | 'guardrail'
  | 'no candidate';

export interface Report {
  /** The candidate; null if one variant serves everybody. */
  readonly candidate: string | null;
  readonly incumbent: string;
  readonly verdict: Verdict;
  readonly arms: readonly {
    variant: string;
    users: number;
    slates: number;
    perSlate: number;
    perUser: number;
    effectiveItems: number;
    latencyMs: number;
  }[];
  readonly difference: Difference | null;
  /** The difference without the covariate. */
  readonly unadjusted: Difference | null;
  readonly sampleRatio: { readonly anytimeP: number; readonly chiSquareP: number };
  readonly guardrails: readonly Guardrail[];
}

/**
 * The report on a candidate and its incumbent.
 * @throws MillraceError `experiment-variant-unknown`
 */
export function reportOf(
  { arms, chosen }: ExperimentRead,
  pair: { readonly candidate: string; readonly incumbent: string },
  shares: readonly Share[],
  options: SequenceOptions,
): Report {
  const armNamed = (name: string) => {
    const arm = arms.get(name);
    if (arm) return arm;
    throw new MillraceError({
      code: 'experiment-variant-unknown',
      what: `No slate was served by the variant ${name}.`,
      why: `Slates were served by: ${[...arms.keys()].join(', ') || 'none'}.`,
      todo: 'Name two of these with --candidate and --incumbent.',
    });
  };
  const [candidate, incumbent] = [armNamed(pair.candidate), armNamed(pair.incumbent)];
  const sampleRatio = ratioOf(arms, shares);
  const rails = guardrails(candidate, incumbent, chosen);
  const found = difference(candidate.moments, incumbent.moments, options);
  const { alpha = 0.05 } = options;
  return {
    ...pair,
    verdict:
      // What is not a number speaks for nothing.
      !(sampleRatio.anytimeP > Math.min(alpha, 0.01))
        ? 'sample-ratio'
        : rails.some((rail) => rail.broken || !isKnown(rail))
          ? 'guardrail'
          : verdictOf(found),
    arms: armsOf(arms),
    difference: found,
    unadjusted: difference(candidate.moments, incumbent.moments, { ...options, adjust: false }),
    sampleRatio,
    guardrails: rails,
  };
}

/**
 * The report on a variant that serves everybody: what it has earned, with no other to compare it
 * to.
 */
export function reportOfOne(
  { arms }: ExperimentRead,
  incumbent: string,
  shares: readonly Share[],
): Report {
  return {
    candidate: null,
    incumbent,
    verdict: 'no candidate',
    arms: armsOf(arms),
    difference: null,
    unadjusted: null,
    sampleRatio: ratioOf(arms, shares),
    guardrails: [],
  };
}

const armsOf = (arms: ExperimentRead['arms']): Report['arms'] =>
  [...arms].map(([variant, { moments, items, latencyMs }]) => ({
    variant,
    users: moments.users,
    slates: moments.slates,
    perSlate: moments.reward / moments.slates,
    perUser: moments.reward / moments.users,
    effectiveItems: effectiveItems(items.values()),
    latencyMs,
  }));

/** Whether the arms have as many users as their shares say. */
function ratioOf(arms: ExperimentRead['arms'], shares: readonly Share[]): Report['sampleRatio'] {
  const counted = shares
    .filter(({ share }) => share > 0)
    .map(({ variant, share }) => ({
      share,
      users: arms.get(variant)?.moments.users ?? 0,
    }));
  return { anytimeP: sampleRatioP(counted), chiSquareP: chiSquareP(counted) };
}

function verdictOf(found: Difference | null): Verdict {
  if (!found) return 'too few users';
  if (found.low > 0) return 'better';
  return found.high < 0 ? 'worse' : 'undecided';
}

const digits = (value: number) => (Number.isFinite(value) ? value.toFixed(4) : '-');

export function reportText(report: Report): string {
  const { candidate, incumbent, verdict, arms, sampleRatio } = report;
  const line = (name: string, found: Difference | null) =>
    found
      ? `${name}: ${digits(found.estimate)}, ${digits(found.low)} to ${digits(found.high)} at all times, p ${digits(found.p)}`
      : `${name}: not known yet`;
  return [
    grid(
      ['variant', 'users', 'slates', 'per slate', 'per user', 'effective items', 'mean ms'],
      arms.map((arm) => [
        arm.variant,
        `${arm.users}`,
        `${arm.slates}`,
        digits(arm.perSlate),
        digits(arm.perUser),
        arm.effectiveItems.toFixed(1),
        arm.latencyMs.toFixed(2),
      ]),
    ),
    '',
    ...(candidate === null
      ? [`${incumbent} serves everybody: no variant to hold it against`]
      : [
          line(`${candidate} less ${incumbent}, reward per slate`, report.difference),
          line('  without the covariate', report.unadjusted),
        ]),
    `sample ratio: p ${digits(sampleRatio.anytimeP)} at all times, χ² ${digits(sampleRatio.chiSquareP)}`,
    ...report.guardrails.map(
      (rail) =>
        `guardrail ${rail.name}: ${digits(rail.candidate)} beside ${digits(rail.incumbent)}, limit ${digits(rail.limit)}${rail.broken ? ': broken' : ''}`,
    ),
    `verdict: ${verdict}`,
  ].join('\n');
}
