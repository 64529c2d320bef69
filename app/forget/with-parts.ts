// Forgets users with the parts that are there: beside a running Millrace by what runs, and without one by
// stages that run here as long as it takes.
import '../../streams/engine/disposable-stack.ts';
import { rowsOf, type Warehouse } from '../../infra/clickhouse/warehouse.ts';
import { groupsOf } from '../../infra/kafka/groups.ts';
import { topics as declared } from '../../schemas/index.ts';
import { type Topology, topicsOf } from '../../streams/engine/topology.ts';
import type { Config } from '../config/read.ts';
import type { AskJson } from '../explain/read.ts';
import type { Logs } from '../log.ts';
import { openMember } from '../member.ts';
import { openSink, takeDataDir } from '../sinks.ts';
import { connectStreams, findStreams, type Streams } from '../streams.ts';
import { topologyOf } from '../topology.ts';
import { type Erased, type Forgot, forgetUser } from './forget.ts';

export interface ForgetRequest {
  readonly userIds: readonly string[];
  readonly deletesLog: boolean;
  readonly waitMs: number;
  /** Asks the ClickHouse of a running Millrace; undefined if none can be asked. */
  readonly ask: AskJson | undefined;
}

/** @throws MillraceError `no-data`, `forget-unfinished`, and those of the parts */
export async function forgetUsers(
  config: Config,
  logs: Logs,
  { userIds, ask, ...options }: ForgetRequest,
): Promise<Forgot[]> {
  await using stack = new AsyncDisposableStack();
  const owner = takeDataDir(config, stack);
  const addresses = await findStreams(config, logs, stack, { existing: true, locked: owner });
  const topology = topologyOf(config);
  const topics = [...new Set([...declared, ...topicsOf(topology)])];
  const streams = await connectStreams(config, addresses, logs, { topics });
  const warehouse = await openSink(config, logs, streams, owner, stack);
  const idle = await idleStages(streams, topology);
  if (idle.length > 0) {
    logs.say(`Nobody runs ${idle.map(({ name }) => name).join(', ')}: they run here meanwhile.`);
    const member = await openMember(config, addresses, logs, {
      topology: { stages: idle, enrichers: [] },
    });
    stack.use(member);
    await member.pipeline.start();
  }
  const forgetting = {
    ...{
      streams: { ...streams, log: logs.log, partitions: config.topics.partitions, now: Date.now },
    },
    ...{ topology, erased: erasedBy(warehouse, ask), ...options },
  };
  const forgot: Forgot[] = [];
  for (const userId of userIds) forgot.push(await forgetUser(userId, forgetting));
  return forgot;
}

/** The stages of which no group has a member. */
async function idleStages({ kafka, application }: Streams, { stages }: Topology) {
  const admin = kafka.admin();
  await admin.connect();
  const names = new Set(stages.map(({ name }) => `${application}-${name}`));
  const groups = await groupsOf(kafka, admin, (group) => names.has(group)).finally(() =>
    admin.disconnect(),
  );
  const live = groups.filter(({ members }) => members !== 0).map(({ group }) => group);
  return stages.filter(({ name }) => !live.includes(`${application}-${name}`));
}

const erasedQuery = (fingerprint: string) =>
  `select toString(toUnixTimestamp64Milli(max(at))) as at from ingest_erasures where fingerprint = '${fingerprint}'`;

/** Who says up to when rows are erased. */
function erasedBy(warehouse: Warehouse | undefined, ask: AskJson | undefined): Erased {
  if (warehouse) {
    return async (fingerprint) =>
      timeIn(await rowsOf<{ at: string }>(warehouse, erasedQuery(fingerprint)));
  }
  return ask && (async (fingerprint) => timeIn(JSON.parse(await ask(erasedQuery(fingerprint)))));
}

const timeIn = ([row]: readonly { readonly at: string }[]): number => Number(row?.at ?? 0);
