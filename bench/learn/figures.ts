// What the two sides are told and answer; bench/peers/vowpal-wabbit/README.md says what is measured.
import { z } from 'zod';

const rate = z.number().positive();
const quantiles = z.object({ p50: z.number(), p99: z.number() });

export const oursShape = z.object({
  /** Path of a file of decisions, one JSON a line. */
  file: z.string(),
  /** Parameters that the decisions were made with. */
  stream: z.object({
    items: z.number(),
    users: z.number(),
    decisions: z.number(),
    seed: z.number(),
  }),
});

export const oursFiguresShape = z.object({
  /** Examples learned a second, in a new process and then in a warm one. */
  coldSlatesPerSecond: rate,
  slatesPerSecond: rate,
  /** Examples learned a second with the outcome of the first position alone. */
  topsPerSecond: rate,
  /** Examples learned a second when they were decoded from Avro before. */
  decodedSlatesPerSecond: rate,
  decisionUs: quantiles,
  retrievalsPerSecond: rate,
  snapshotMiB: z.number(),
});
export type OursFigures = z.infer<typeof oursFiguresShape>;

export const peerFiguresShape = z.object({
  version: z.string(),
  /** Examples learned a second, by exploration and by how the examples came. */
  learn: z.array(
    z.object({
      exploration: z.string(),
      /**
       * How the examples came: `text` and `cache` by its own driver; `parsed` in memory beforehand.
       */
      from: z.enum(['text', 'cache', 'parsed']),
      /**
       * What an example holds. `top`: all candidates, one labelled; `shown`: the labelled item
       * alone.
       */
      form: z.enum(['top', 'shown']),
      examplesPerSecond: rate,
    }),
  ),
  decide: z.array(
    z.object({
      exploration: z.string(),
      from: z.enum(['text', 'parsed']),
      /** Time of a decision, µs, by the clock. */
      us: quantiles,
      /** Time of a decision, µs, by the processor time of the deciding thread. */
      cpuUs: quantiles,
    }),
  ),
});
export type PeerFigures = z.infer<typeof peerFiguresShape>;
