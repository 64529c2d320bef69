// The embedded broker: Apache Kafka in KRaft mode, broker and controller in one JVM.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MillraceError } from '../../schemas/errors.ts';
import { lastLines, run } from './command.ts';
import type { Java } from './java.ts';
import { type Part, type Place, startPart } from './jvm.ts';
import { advertisedHost, type KafkaOptions, kafkaProperties } from './kafka-properties.ts';
import { kafkaClasspath } from './layout.ts';
import type { EmbeddedKafka } from './types.ts';

const kafka = (options: KafkaOptions): Part => ({
  name: 'kafka',
  title: 'Kafka',
  ports: { client: 9092, controller: controllerPort(options) ?? 19_092 },
  prepare: (place, java) => format(place, java, options),
  launch(place) {
    const config = join(home(place), 'server.properties');
    mkdirSync(home(place), { recursive: true });
    writeFileSync(config, kafkaProperties(place, logs(place), options));
    return {
      args: [
        '-Xms96m',
        `-Xmx${options.heapMb ?? 512}m`,
        // The second compiler would take half a core for the first minutes, and more than it gives
        // back in the life of a broker that serves one machine.
        '-XX:TieredStopAtLevel=1',
        '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
        '-Dorg.slf4j.simpleLogger.log.kafka.server.KafkaRaftServer=info',
        '-Dorg.slf4j.simpleLogger.showDateTime=true',
        '-cp',
        kafkaClasspath(place.partsDir),
        'kafka.Kafka',
        config,
      ],
    };
  },
  async isUp(_place, logFile) {
    return existsSync(logFile) && readFileSync(logFile, 'utf8').includes('Kafka Server started');
  },
});

const home = (place: Place) => join(place.dataDir, 'kafka');
const logs = (place: Place) => join(home(place), 'data');

const controllerPort = ({ member }: KafkaOptions) => member?.controllers[member.id - 1];

/**
 * Starts the broker; topics and offsets of an earlier run on `dataDir` are there again. A member of a
 * cluster is up once most of its controllers are, so start them side by side.
 * @throws MillraceError `part-missing`, `part-not-fetched`, `part-did-not-start`, `data-dir-in-use`
 */
export async function startKafka(options: KafkaOptions): Promise<EmbeddedKafka> {
  const part = await startPart(kafka(options), options);
  return { ...part, brokers: `${advertisedHost(options.host ?? '127.0.0.1')}:${part.port}` };
}

/** A new identity of a cluster: 16 bytes in base64url. */
export function newClusterId(): string {
  // One that begins with a dash would read as an option.
  return randomBytes(16).toString('base64url').replace(/^-/, '_');
}

/**
 * Writes the cluster's identity into a new data directory; an interrupted try leaves none behind.
 */
async function format(place: Place, java: Java, options: KafkaOptions): Promise<void> {
  if (existsSync(join(logs(place), 'meta.properties'))) return;
  const temporary = join(home(place), 'formatting');
  const config = join(home(place), 'format.properties');
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(temporary, { recursive: true });
  writeFileSync(config, kafkaProperties(place, temporary, options));
  const clusterId = options.member?.clusterId ?? newClusterId();
  const flags = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xshare:auto'];
  const tool = ['-cp', kafkaClasspath(place.partsDir), 'kafka.tools.StorageTool'];
  const users = (options.scram ?? []).flatMap((user) => ['--add-scram', user]);
  const words = ['format', '--cluster-id', clusterId, '--config', config, ...users];
  const formatted = await run(java.command, [...flags, ...tool, ...words]);
  if (formatted.code !== 0) {
    throw new MillraceError({
      code: 'part-did-not-start',
      what: "Kafka's data directory could not be made.",
      why: lastLines(formatted.output),
      todo: 'Check that the disk is writable and has room.',
    });
  }
  renameSync(temporary, logs(place));
  rmSync(config, { force: true });
}
