// The figures of one pass, the same for both sides; bench/peers/kafka-streams/README.md defines them.
import { z } from 'zod';
import { type Counters, peakMiB } from '../support/proc.ts';

/** Number of passes that a process makes, with fresh ids; the last one is warm. */
export const passes = 3;

export const figuresShape = z.object({
  /** Name of the pass: `cold`, then `pass2`, `pass3`. */
  variant: z.string(),
  /** Number of records of both inputs. */
  events: z.number(),
  /** Time from the first record handed to the processor until all offsets are committed, s. */
  seconds: z.number(),
  eventsPerSecond: z.number(),
  /** CPU seconds of the process per million events. */
  cpuPerMillion: z.number(),
  /** CPU seconds of the process within `seconds`, per million events. */
  cpuPerMillionInWindow: z.number(),
  /** CPU seconds of the broker per million events. */
  brokerCpuPerMillion: z.number(),
  /** Largest resident memory of the process so far, MiB. */
  maxRssMiB: z.number(),
  /** Number of cores that other processes or the hypervisor took meanwhile. */
  otherCores: z.number(),
  stolenCores: z.number(),
});

export type Figures = z.infer<typeof figuresShape>;

/** @param cpuBefore CPU seconds of the process when the pass began, before it connected */
export function figuresOf(
  pass: number,
  events: number,
  cpuBefore: number,
  first: Counters,
  end: Counters,
): Figures {
  const seconds = end.at - first.at;
  const millions = events / 1e6;
  const [cpu, broker] = [end.cpu - first.cpu, end.broker - first.broker];
  return {
    variant: pass === 1 ? 'cold' : `pass${pass}`,
    events,
    seconds,
    eventsPerSecond: Math.round(events / seconds),
    cpuPerMillion: (end.cpu - cpuBefore) / millions,
    cpuPerMillionInWindow: cpu / millions,
    brokerCpuPerMillion: broker / millions,
    maxRssMiB: peakMiB(),
    otherCores: (end.busy - first.busy - broker - cpu) / seconds,
    stolenCores: (end.stolen - first.stolen) / seconds,
  };
}
