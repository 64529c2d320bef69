// Our side: every figure of every case, under the names that bench/peers/metrics/measure.py uses too.
import { ClickEvaluation } from '../../models/evaluation/ctr.ts';
import { languageRows } from '../../models/evaluation/language.ts';
import { loggedExample } from '../../models/evaluation/logged-example.ts';
import { auc } from '../../models/metrics/auc.ts';
import { brier } from '../../models/metrics/brier.ts';
import { calibrationError } from '../../models/metrics/calibration-error.ts';
import { gini } from '../../models/metrics/exposure.ts';
import { listNdcg } from '../../models/metrics/graded.ts';
import { kendall } from '../../models/metrics/kendall.ts';
import { logLoss } from '../../models/metrics/log-loss.ts';
import { hitRate, ndcg, rankOf, reciprocalRank } from '../../models/metrics/ranking.ts';
import { wasserstein } from '../../models/metrics/wasserstein.ts';
import { mean, standardError, variance } from '../../models/moments.ts';
import { diagnose } from '../../models/ope/diagnostics.ts';
import { dm } from '../../models/ope/dm.ts';
import { dr, sndr, switchDr } from '../../models/ope/dr.ts';
import { empiricalBernstein } from '../../models/ope/intervals/empirical-bernstein.ts';
import { normalInterval } from '../../models/ope/intervals/interval.ts';
import { clippedIps, ips, snips } from '../../models/ope/ips.ts';
import { normalCdf, normalQuantile } from '../../models/ope/normal.ts';
import { errorOf, estimateOf } from '../../models/ope/rounds.ts';
import { power } from '../../models/power.ts';
import { newUser } from '../../models/user/track.ts';
import type { Cases, Logged, Scored } from './cases.ts';

/** Value by case, by figure. */
export type Figures = Record<string, Record<string, number>>;

export function ourFigures(cases: Cases): Figures {
  return {
    ...each(cases.clicks, clickFigures),
    ...perImpression(cases.clicks),
    ...each(cases.lists, listFigures),
    ...each(cases.texts, (pairs) =>
      Object.fromEntries(
        languageRows(
          '',
          '',
          pairs.map(([candidate, reference]) => ({ candidate, reference })),
        ).map(({ metric, value }) => [metric.trim(), value]),
      ),
    ),
    ...each(cases.logs, logFigures),
    ...each(cases.samples, (values) => ({
      mean: mean(values),
      variance: variance(values),
      'standard error': standardError(values),
      Φ: normalCdf(values[0]! % 5),
      'Φ⁻¹': normalQuantile((Math.abs(values[0]!) % 0.5) + 0.25),
      'Wasserstein-1': wasserstein(
        values,
        values.map((x) => x * x),
      ),
      "Kendall's τ": kendall(values.slice(0, 100), values.slice(100, 200)),
      Gini: gini(values.map((x) => Math.round(100 * Math.abs(x % 1)))),
    })),
  };
}

function each<T>(
  cases: Readonly<Record<string, T>>,
  of: (one: T) => Readonly<Record<string, number>>,
): Figures {
  const figures: Figures = {};
  for (const [name, one] of Object.entries(cases)) {
    for (const [figure, value] of Object.entries(of(one))) {
      figures[figure] = { ...figures[figure], [name]: value };
    }
  }
  return figures;
}

const clickFigures = ({ scores, gains }: Scored) => ({
  AUC: auc(scores, gains),
  LogLoss: logLoss(scores, gains),
  Brier: brier(scores, gains),
  ECE: calibrationError(scores, gains),
  RMSE: Math.sqrt(brier(scores, gains)),
});

/** Each stream as impressions of ten items, through the protocol that evaluates click models. */
function perImpression(clicks: Cases['clicks']): Figures {
  return each(clicks, ({ scores, gains }) => {
    const evaluation = new ClickEvaluation([
      {
        name: '',
        predict: ({ items }) => Float64Array.from(items, ({ itemId }) => scores[Number(itemId)]!),
        learn() {},
      },
    ]);
    for (let from = 0; from < scores.length; from += 10) {
      const items = scores.slice(from, from + 10).map((_, i) => ({
        itemId: `${from + i}`,
        groups: [],
        positive: gains[from + i] === 1,
        reward: gains[from + i]!,
      }));
      evaluation.add(loggedExample(`${from}`, from, newUser('u'), items));
    }
    const rows = evaluation.rows(true).filter(({ span }) => span === 'all');
    const of = (metric: string) => rows.find((row) => row.metric === metric)!.value;
    return { GAUC: of('AUC per impression'), 'NDCG@10 per impression': of('NDCG@10') };
  });
}

function listFigures({ scores, gains }: Scored) {
  const relevant = gains.indexOf(Math.max(...gains));
  const rank = rankOf(scores, relevant);
  return {
    'NDCG@10, linear gain': listNdcg(scores, gains),
    'NDCG@10, gain 2^g − 1': listNdcg(
      scores,
      gains.map((gain) => power(2, gain) - 1),
    ),
    'NDCG@3, linear gain': listNdcg(scores, gains, 3),
    'NDCG@10, one relevant': ndcg(rank),
    'HR@10': hitRate(rank),
    MRR: reciprocalRank(rank),
  };
}

function logFigures(log: Logged) {
  const rounds = {
    weights: Float64Array.from(log.weights),
    rewards: Float64Array.from(log.rewards),
    predicted: Float64Array.from(log.predicted),
    expected: Float64Array.from(log.expected),
  };
  const most = Math.max(...log.weights);
  const all = {
    IPS: ips(rounds),
    'IPS, clipped at 2': clippedIps(rounds, 2),
    SNIPS: snips(rounds),
    DM: dm(rounds),
    DR: dr(rounds),
    SNDR: sndr(rounds),
    'switch-DR(2)': switchDr(rounds, 2),
  };
  const figures = Object.entries(all).flatMap(([name, terms]) => [
    [name, estimateOf(terms)],
    [`${name}: standard error`, errorOf(terms)],
    [`${name}: 95 % from`, normalInterval(terms, 0.95).low],
  ]);
  const { effectiveSampleSize, meanWeightError, overlap } = diagnose(rounds.weights);
  const range = { low: 0, high: most };
  return {
    ...Object.fromEntries(figures),
    'effective sample size': effectiveSampleSize,
    'mean weight: error': meanWeightError,
    overlap,
    'empirical Bernstein: 95 % to': empiricalBernstein(all.IPS.correction, range, 0.95).high,
  };
}
