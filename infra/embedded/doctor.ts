// `millrace doctor`: what each part of this machine will be, and what to do about what is missing.
import { externalParts } from './doctor/external.ts';
import { disk, docker, ports } from './doctor/machine.ts';
import { model, roleModels } from './doctor/model.ts';
import { browser, platformBinaries } from './doctor/packages.ts';
import { jars, java, maven, node, pip } from './doctor/tools.ts';

/** Settings that decide what is looked at. */
export interface Checked {
  /** Brokers of another Kafka; absent for the embedded broker. */
  readonly kafka?: { readonly brokers: readonly string[] } | undefined;
  /** Another registry; absent for the embedded one. */
  readonly registry?: { readonly url: string } | undefined;
  /** A ClickHouse server; absent for chDB in this process. */
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
  /**
   * `missing` keeps Millrace from starting as configured; `warn` does not keep it from starting.
   */
  status: 'ok' | 'warn' | 'missing';
  /** What it is, or why it cannot be used. */
  what: string;
  /** What to do about it, unless it is ok. */
  todo?: string;
}

/** Looks at everything a start needs; never throws, never fetches. */
export async function doctor(config: Checked): Promise<Finding[]> {
  const embeddedJvm = !config.kafka || !config.registry;
  const findings = await Promise.all(
    [
      node(),
      platformBinaries(config),
      embeddedJvm ? [java(), maven(config), jars(config)] : [],
      config.llm.model ? [] : pip(config),
      model(config),
      ...roleModels(config),
      externalParts(config),
      ports(config),
      disk(config),
      docker(),
      browser(),
    ].flat(),
  );
  return findings.flat();
}
