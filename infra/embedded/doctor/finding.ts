// What the doctor looks at, and what it finds.

import type { KafkaAddress } from '../../kafka/connect.ts';
import type { RegistryAddress } from '../../registry/client.ts';

/** Settings that decide what is looked at. */
export interface Checked {
  /** Brokers of another Kafka; absent for the embedded broker. */
  readonly kafka?: KafkaAddress | undefined;
  /** Another registry; absent for the embedded one. */
  readonly registry?:
    | (Pick<RegistryAddress, 'url' | 'ca'> & { readonly login?: RegistryAddress['auth'] })
    | undefined;
  /** A ClickHouse server, its address with the login; absent for chDB in this process. */
  readonly clickhouse?: { readonly url: string } | undefined;
  /** The language model; without `model`, the default one, which is fetched. */
  readonly llm: {
    readonly model?: string | undefined;
    readonly roles: Readonly<Partial<Record<string, string | undefined>>>;
  };
  readonly partsDir: string;
  readonly dataDir: string;
  readonly host: string;
  readonly port: number;
  readonly sqlPort: number;
}

export interface Finding {
  part: string;
  /** Status of the part. `missing` keeps Millrace from starting as configured; `warn` does not. */
  status: 'ok' | 'warn' | 'missing';
  /** What it is, or why it cannot be used. */
  what: string;
  /** What to do about it, unless it is ok. */
  todo?: string;
}
