// Panels of the page on diversity, fairness and process, with figures that are made up by formula.
import type { beyondClicks as panels } from '../../infra/http/beyond-clicks.ts';
import type { Panels } from '../../infra/http/state.ts';
import { panel, steps, variants } from './fake-panels.ts';

const DAY = 86_400_000;
const START = Date.UTC(2016, 0, 1);
const groups = ['Drama', 'Comedy', 'Film-Noir', '1990s'];

export function beyondClicks(): Pick<Panels, keyof typeof panels> {
  const months = variants.flatMap(({ variant, coverage }, v) =>
    steps(16).map((i) => ({
      variant,
      bucket: START + i * 31 * DAY,
      divRatio: 0.1 + coverage / 2,
      gini: 0.98 - coverage / 2 - i / 400,
      mgu: 0.02 + v / 100 - i / 2000,
    })),
  );
  const each = <Row>(make: (variant: (typeof variants)[number], v: number) => Row) =>
    panel(1, variants.map(make));
  return {
    exposure: each(({ variant, coverage }) => ({
      ...{ variant, coverage, catalogue: 9742, distinctItems: Math.round(coverage * 9742) },
      ...{ divRatio: 0.1 + coverage / 2, orRatio: 0.2 - coverage / 5, cv: 9 - coverage * 8 },
      gini: 0.98 - coverage / 2,
    })),
    popularity: each(({ variant, coverage }, v) => ({
      ...{ variant, novelty: 3 + coverage * 5, popularityLift: 0.4 - v / 2 },
    })),
    serendipity: each(({ variant, coverage }) => ({ variant, serendipity: 0.3 + coverage / 2 })),
    mitigation: each(({ variant, coverage }) => ({ variant, score: 0.2 + coverage / 2 })),
    turns: each(({ variant, n, ctr }) => ({
      ...{ variant, sessions: Math.round(n / 3), turns: 3, rewardPerSession: 30 * ctr },
    })),
    convergence: each(({ variant, ctr }, v) => ({
      ...{ variant, final: 10 * ctr, convergedAt: v === 2 ? null : 412 + v },
    })),
    unfairness: each(({ variant }, v) => ({
      ...{ variant, k: 10, mgu: 0.013 + v / 100, dgu: 0.11 + v / 10 },
    })),
    unfairGroups: panel(
      1,
      variants.flatMap(({ variant }, v) =>
        groups.map((group, g) => {
          const [shownShare, chosenShare] = [0.3 - g / 20, 0.25 - v / 30];
          return { variant, k: 10, group, shownShare, chosenShare, gu: shownShare - chosenShare };
        }),
      ),
    ),
    movingReward: panel(
      1,
      variants.flatMap(({ variant, n, ctr }) =>
        steps(40).map((i) => ({
          ...{ variant, impressions: Math.round(n / 5) + i * 12 },
          level: 10 * ctr * (1 - Math.exp(-i / 6)),
        })),
      ),
    ),
    exposureOverTime: panel(
      1,
      months.map(({ variant, bucket, divRatio, gini }) => ({ variant, bucket, divRatio, gini })),
    ),
    unfairnessOverTime: panel(
      1,
      months.map(({ variant, bucket, mgu }) => ({ variant, bucket, mgu })),
    ),
  };
}
