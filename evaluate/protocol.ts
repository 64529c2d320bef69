// A protocol: how models are judged on a log. One file a protocol, all of them in protocols.ts.
import type { Config } from '../app/config/read.ts';
import type { Evaluation } from '../models/evaluation/evaluation.ts';
import type { AnyTopic, EventOf } from '../schemas/topic.ts';

export interface Judged {
  /** Name of the data set. */
  readonly dataset: string;
  /** Folder with its official files; for a protocol that is `seeded`, what stood after the colon. */
  readonly folder: string;
  readonly seed: number;
  /** Where the language model is, and what it made is kept. */
  readonly config: Pick<Config, 'partsDir' | 'llm'>;
  /** Of Open Bandit. */
  readonly campaign: string;
  /** What is scored at most, where the protocol can be cut. @default the protocol's own */
  readonly limit?: number | undefined;
  /** Keeps records beside the evaluation itself. @default nothing is kept */
  readonly keep?: <T extends AnyTopic>(topic: T, records: readonly EventOf<T>[]) => Promise<void>;
  /** Aborts at Ctrl-C. */
  readonly signal: AbortSignal;
  /** Says how far it is, for people. */
  readonly progress: (line: string) => void;
}

export interface Protocol {
  /** As on the command line. */
  readonly name: string;
  /** What is predicted, when, and how it is scored, in a few lines for `--help`. */
  readonly doc: string;
  /** The data sets it can be run on. */
  readonly datasets: readonly string[];
  /** Its data sets are made from the seed: no folder is needed. */
  readonly seeded?: boolean;
  run(judged: Judged): Promise<Evaluation>;
}
