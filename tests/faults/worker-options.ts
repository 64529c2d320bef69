// What a worker is told on its command line.
import { z } from 'zod';

export const workerOptions = z.object({
  brokers: z.array(z.string()),
  registryUrl: z.string(),
  /** Put before the names of topics and the application. */
  prefix: z.string(),
  logFile: z.string(),
  /** Where its state lives; absent: in memory. */
  stateDir: z.string().optional(),
  /** Where its starts are noted, and whether it ends without a word as soon as a task runs. */
  crashing: z.object({ startsDir: z.string() }).optional(),
  timing: z.object({ sessionTimeoutMs: z.number(), heartbeatIntervalMs: z.number() }),
});

export type WorkerOptions = z.infer<typeof workerOptions>;
