// The options and results of the embedded parts.

/** Takes one line for people; it is never written to stdout. */
export type Progress = (line: string) => void;

export interface StartOptions {
  /** Directory of this Millrace's state: logs, topics, schemas. It is created if missing. */
  dataDir: string;
  /** Directory of the downloaded jars and the model, shared by all data directories. */
  partsDir: string;
  /** Interface to bind. @default '127.0.0.1' */
  host?: string;
  /** Port to try first; taken ports are stepped over. @default the port of the last run */
  port?: number;
  /** Takes lines on the progress. @default no progress is told */
  log?: Progress | undefined;
  /** Record a class archive, which makes later starts faster and this stop slower. @default false */
  record?: boolean;
}

/** Disposing ends the process: SIGTERM, a bounded wait, SIGKILL. */
export interface EmbeddedPart extends AsyncDisposable {
  /** Process id of the JVM. */
  readonly pid: number;
  readonly port: number;
  /**
   * Resolves when the process ends, whoever ended it, with its exit code; 128 + n if signal n ended
   * it.
   */
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
