// Settings that every pipeline has, whatever runs in it.

import type { PipelineOptions } from '../infra/kafka/pipeline.ts';
import { defaultTiming } from '../infra/kafka/timing.ts';
import type { Config } from './config/read.ts';

/** Number of heartbeats within a session, so that a few may be late. */
const heartbeats = 5;

export function pipelineSettings({
  errors,
  sessionTimeoutMs,
}: Config): Pick<PipelineOptions, 'policy' | 'timing'> {
  const often = Math.floor(sessionTimeoutMs / heartbeats);
  const heartbeatIntervalMs = Math.min(defaultTiming.heartbeatIntervalMs, often);
  return { policy: errors, timing: { sessionTimeoutMs, heartbeatIntervalMs } };
}
