// Settings that every pipeline has, whatever runs in it.

import type { PipelineOptions } from '../infra/kafka/pipeline.ts';
import { defaultTiming } from '../infra/kafka/timing.ts';
import type { Config } from './config/read.ts';

/** Number of heartbeats within a session, so that a few may be late. */
const heartbeats = 5;

/** @param ofLog whether time is that of a log, which may lie ahead of the clock. @default false */
export function pipelineSettings(
  { errors, sessionTimeoutMs }: Config,
  { ofLog = false } = {},
): Pick<PipelineOptions, 'policy' | 'timing'> {
  const often = Math.floor(sessionTimeoutMs / heartbeats);
  const heartbeatIntervalMs = Math.min(defaultTiming.heartbeatIntervalMs, often);
  const policy = ofLog ? { ...errors, maxAheadMs: -1 } : errors;
  return { policy, timing: { sessionTimeoutMs, heartbeatIntervalMs } };
}
