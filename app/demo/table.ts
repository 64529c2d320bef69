// The summary as people read it in a terminal.
import { grid } from '../grid.ts';
import type { Summary } from './summary.ts';

const digits = (value: number | undefined, places = 4) =>
  value === undefined || Number.isNaN(value) ? '-' : value.toFixed(places);

export function summaryTable(summary: Summary): string {
  const { events, metrics, baselines, variants, outcomes, simulator, llm } = summary;
  const known = variants.some(({ regretPerSlate }) => regretPerSlate !== undefined);
  const models = { millrace: metrics, ...baselines };
  return [
    `events   read ${events.read}   lost ${events.lost}   duplicated ${events.duplicated}   in ${digits(summary.seconds, 1)} s`,
    `llm      ${llm.model}: ${llm.vectors} vectors, ${llm.simulated} simulated answers, ${llm.shed} shed`,
    `simulator on logged feedback   AUC ${digits(simulator.auc)}   ECE ${digits(simulator.ece)}`,
    '',
    grid(
      ['model', 'AUC', 'LogLoss', 'NDCG@10', 'HR@10'],
      Object.entries(models).map(([name, m]) => [
        name,
        digits(m.auc),
        digits(m.logloss),
        digits(m.ndcg10),
        digits(m.hr10),
      ]),
    ),
    '',
    `variants, by the answers of ${outcomes === 'simulated' ? 'the simulator' : 'people'}`,
    grid(
      [
        ...['variant', 'slates', 'CTR', 'reward', 'per slate', ...(known ? ['regret'] : [])],
        ...['SNIPS (95 %)', 'coverage', 'p50 ms', 'p99 ms'],
      ],
      variants.map((v) => [
        v.variant,
        String(v.impressions),
        digits(v.ctr),
        String(v.reward),
        digits(v.rewardPerSlate, 3),
        ...(known ? [digits(v.regretPerSlate, 3)] : []),
        `${digits(v.snips.value)} (${digits(v.snips.low)} to ${digits(v.snips.high)})`,
        digits(v.coverage),
        digits(v.latencyMs.p50, 2),
        digits(v.latencyMs.p99, 2),
      ]),
    ),
  ].join('\n');
}
