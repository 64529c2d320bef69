// A protocol: how models are judged on a log. One file a protocol, all of them in protocols.ts.
import type { Config } from '../app/config/read.ts';
import type { Evaluation } from '../models/evaluation/evaluation.ts';
import type { AnyTopic, EventOf } from '../schemas/topic.ts';

export interface Judged {
  /** Name of the data set. */
  readonly dataset: string;
  /** Folder with the official files; for a protocol that is `seeded`, the text after the colon. */
  readonly folder: string;
  readonly seed: number;
  /** Configuration of the language model, and the folder that keeps what it made. */
  readonly config: Pick<Config, 'partsDir' | 'llm'>;
  /** Campaign of Open Bandit. */
  readonly campaign: string;
  /** File with a table of drugs that interact. @default none */
  readonly interactions?: string | undefined;
  /**
   * Largest number of scored events, for a protocol that can be cut.
   * @default the protocol's own
   */
  readonly limit?: number | undefined;
  /** Keeps records beside the evaluation itself. @default none are kept */
  readonly keep?: <T extends AnyTopic>(topic: T, records: readonly EventOf<T>[]) => Promise<void>;
  /** Aborts at Ctrl-C. */
  readonly signal: AbortSignal;
  /** Tells people how far the protocol is. */
  readonly progress: (line: string) => void;
}

export interface Protocol {
  /** Name of the protocol on the command line. */
  readonly name: string;
  /** What is predicted, when, and how it is scored, in a few lines for `--help`. */
  readonly doc: string;
  /** The data sets it can be run on. */
  readonly datasets: readonly string[];
  /** Whether its data sets are made from the seed, so that no folder is needed. @default false */
  readonly seeded?: boolean;
  run(judged: Judged): Promise<Evaluation>;
}
