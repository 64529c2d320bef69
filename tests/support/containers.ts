// The same parts from their official images, as docker-compose.yml has them. TEST_INFRA=containers.
import { readFileSync } from 'node:fs';
import { run } from '../../infra/embedded/command.ts';
import { freePort } from '../../infra/embedded/ports.ts';

const COMPOSE = new URL('../../docker-compose.yml', import.meta.url);

/** Pinned in docker-compose.yml alone. */
export function image(name: string): string {
  const found = new RegExp(`^ +image: (\\S*${name}:\\S+)$`, 'm').exec(
    readFileSync(COMPOSE, 'utf8'),
  );
  if (!found) throw new Error(`docker-compose.yml names no image ${name}`);
  return found[1]!;
}

/** Why containers cannot be used here; empty when they can. */
export async function whyNoContainers(): Promise<string> {
  if (process.env.TEST_INFRA !== 'containers') return 'TEST_INFRA is not "containers"';
  const asked = await run('docker', ['info', '--format', '{{.ServerVersion}}']);
  return asked.code === 0 && /^\d/.test(asked.output) ? '' : 'no Docker engine answers';
}

export async function startContainers(): Promise<Infra & AsyncDisposable> {
  const why = await whyNoContainers();
  if (why) throw new Error(`Tests on containers are not possible: ${why}.`);
  const { GenericContainer, Network, Wait } = await import('testcontainers');
  const network = await new Network().start();
  const host = '127.0.0.1';
  const port = await freePort(29_092, host);
  const [kafka, registry, clickhouse] = await Promise.all([
    new GenericContainer(image('apache/kafka'))
      .withNetwork(network)
      .withNetworkAliases('kafka')
      .withExposedPorts({ container: 9092, host: port })
      .withEnvironment({
        KAFKA_PROCESS_ROLES: 'broker,controller',
        KAFKA_NODE_ID: '1',
        KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
        KAFKA_LISTENERS: 'HOST://:9092,CONTROLLER://:9093,INSIDE://:19092',
        KAFKA_ADVERTISED_LISTENERS: `HOST://${host}:${port},INSIDE://kafka:19092`,
        KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
        KAFKA_INTER_BROKER_LISTENER_NAME: 'INSIDE',
        KAFKA_LISTENER_SECURITY_PROTOCOL_MAP:
          'HOST:PLAINTEXT,CONTROLLER:PLAINTEXT,INSIDE:PLAINTEXT',
        KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
        KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
        KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
        KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
        KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
      })
      .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/))
      .start(),
    new GenericContainer(image('apicurio/apicurio-registry'))
      .withNetwork(network)
      .withNetworkAliases('registry')
      .withExposedPorts(8080)
      .withWaitStrategy(Wait.forHttp('/apis/ccompat/v7/subjects', 8080))
      .start(),
    new GenericContainer(image('clickhouse/clickhouse-server'))
      .withNetwork(network)
      .withExposedPorts(8123)
      .withEnvironment({ CLICKHOUSE_USER: 'millrace', CLICKHOUSE_PASSWORD: 'millrace' })
      .withWaitStrategy(Wait.forHttp('/ping', 8123))
      .start(),
  ]);
  const at = (container: typeof registry, inside: number) =>
    `${container.getHost()}:${container.getMappedPort(inside)}`;
  return {
    brokers: `${host}:${port}`,
    registryUrl: `http://${at(registry, 8080)}/apis/ccompat/v7`,
    clickhouse: {
      url: `http://millrace:millrace@${at(clickhouse, 8123)}`,
      brokers: 'kafka:19092',
      registryUrl: 'http://registry:8080/apis/ccompat/v7',
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([kafka, registry, clickhouse].map((container) => container.stop()));
      await network.stop();
    },
  };
}

export interface Infra {
  /** Bootstrap address, `host:port`. */
  brokers: string;
  /** Base address of the Confluent-compatible API. */
  registryUrl: string;
  /** Only with TEST_INFRA=containers: the server, and how it sees the other two. */
  clickhouse?: { url: string; brokers: string; registryUrl: string };
}
