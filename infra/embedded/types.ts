// What the embedded parts are asked for, and what they answer.

/** Takes one line for people; never written to stdout. */
export type Progress = (line: string) => void;

export interface StartOptions {
  /** State of this Millrace: logs, topics, schemas. Created when missing. */
  dataDir: string;
  /** Downloaded jars and the model; shared by all data directories. */
  partsDir: string;
  /** Interface to bind. @default '127.0.0.1' */
  host?: string;
  /** Port to try first; taken ports are stepped over. @default the port of the last run */
  port?: number;
  /** @default silent */
  log?: Progress | undefined;
  /** Record a class archive, which makes later starts faster and this stop slower. @default false */
  record?: boolean;
}

/** Disposing ends the process: SIGTERM, a bounded wait, SIGKILL. */
export interface EmbeddedPart extends AsyncDisposable {
  /** Process id of the JVM. */
  readonly pid: number;
  readonly port: number;
  /** Resolves when the process ends, whoever ended it: its exit code, 128 + n for signal n. */
  readonly exited: Promise<number | null>;
}

export interface EmbeddedKafka extends EmbeddedPart {
  /** Bootstrap address, `host:port`. */
  readonly brokers: string;
}

export interface EmbeddedRegistry extends EmbeddedPart {
  /** Base address of the Confluent-compatible API, ending in `/apis/ccompat/v7`. */
  readonly url: string;
}
