// Keeps an evaluation in ClickHouse.
import { randomUUID } from 'node:crypto';
import type { Config } from '../app/config/read.ts';
import { keepRecords } from '../app/keep-records.ts';
import type { Logs } from '../app/log.ts';
import type { Evaluation } from '../models/evaluation/evaluation.ts';
import { type EvaluationRecord, evaluations } from '../schemas/topics/evaluations.ts';

export function keepEvaluation(evaluation: Evaluation, config: Config, logs: Logs): Promise<void> {
  return keepRecords(evaluations, recordsOf(evaluation), config, logs);
}

function recordsOf({ protocol, dataset, n, seed, rows }: Evaluation): EvaluationRecord[] {
  const evaluationId = randomUUID();
  const at = Date.now();
  return rows.map(({ model, metric, span, value, standardError = null }) => ({
    evaluationId,
    at,
    protocol,
    dataset,
    n,
    seed,
    model,
    metric,
    span: span === 'all' ? ('all' as const) : ('lastHalf' as const),
    value,
    standardError,
  }));
}
