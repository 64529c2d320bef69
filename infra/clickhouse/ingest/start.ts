// Starts the ingest of a process. An embedded engine is this process's own, so all is read here. Processes
// that share a server share the work: each reads the partitions that their group gives it.
import type { AnyTopic } from '../../../schemas/topic.ts';
import { requests } from '../../../schemas/topics/requests.ts';
import { Membership } from '../../kafka/membership.ts';
import { endsOf } from '../../kafka/read-to-end.ts';
import { defaultTiming } from '../../kafka/timing.ts';
import { createTables } from '../tables.ts';
import { execute, rowsOf, type Warehouse } from '../warehouse.ts';
import { Ingest, type IngestOptions } from './ingest.ts';

export interface StartOptions extends IngestOptions {
  /** Prefix of consumer groups. */
  readonly application: string;
}

/** The topic whose partitions are shared out; partition p of every other topic goes with it. */
const shared: AnyTopic = requests;

/** Pause before a process that has fallen out of the group joins it again, ms. */
const rejoinMs = 5_000;

/** Reads the topics, which must exist, into ClickHouse until disposed of. Makes the tables. */
export async function startIngest(options: StartOptions): Promise<AsyncDisposable> {
  const { warehouse } = options;
  // A database of before, by which ClickHouse read the topics by itself.
  await execute(warehouse, `drop database if exists ${warehouse.database}_ingest sync`);
  await createTables(warehouse);
  if (warehouse.kind === 'embedded') {
    const ingest = new Ingest(options, () => true);
    ingest.start();
    return ingest;
  }
  return await shareIngest(options);
}

async function shareIngest(options: StartOptions): Promise<AsyncDisposable> {
  const { kafka, nameOf, application, log } = options;
  const admin = kafka.admin();
  await admin.connect();
  const ends = await endsOf(admin, [nameOf(shared)]).finally(() => admin.disconnect());
  const groupId = `${application}-clickhouse-${await nameOfDatabase(options.warehouse)}`;
  let own: readonly number[] = [];
  let stopped = false;
  const ingest = new Ingest(options, () => false);
  const join = () =>
    new Membership({
      kafka,
      groupId,
      topics: [nameOf(shared)],
      timing: defaultTiming,
      owned: () => own,
      onAssigned(partitions) {
        own = partitions;
        ingest.assign((partition) => partitions.includes(partition % ends.length));
      },
      onFailed(error) {
        log.warn({ error: String(error) }, 'the group that feeds ClickHouse is joined again');
        setTimeout(() => !stopped && void rejoin(), rejoinMs).unref();
      },
    });
  let membership = join();
  const rejoin = async () => {
    await membership.leave().catch(() => {});
    membership = join();
    await membership
      .join()
      .catch(() => setTimeout(() => !stopped && void rejoin(), rejoinMs).unref());
  };
  ingest.start();
  await membership.join();
  return {
    async [Symbol.asyncDispose]() {
      stopped = true;
      await membership.leave();
      await ingest[Symbol.asyncDispose]();
    },
  };
}

/**
 * A name of the database that no other has, on any server: each database reads everything. Members may ask
 * different servers of a cluster, so there the servers themselves name it.
 */
async function nameOfDatabase({ client, database, cluster }: Warehouse): Promise<string> {
  const query =
    cluster === undefined
      ? `select toString(uuid) as id from system.databases where name = '${database}'`
      : `select hex(sipHash64(arraySort(groupArray((host_name, port))), '${database}')) as id
         from system.clusters where cluster = '${cluster}'`;
  const [found] = await rowsOf<{ id: string }>({ client }, query);
  return found?.id.slice(0, 8) ?? database;
}
