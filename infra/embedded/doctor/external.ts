// Parts that the environment names instead of the embedded ones: do they answer?
import { connect } from 'node:net';
import type { Checked, Finding } from './finding.ts';

export function externalParts(config: Checked): Promise<Finding[]> {
  const { kafka, registry, clickhouse } = config;
  return Promise.all([
    kafka
      ? Promise.all(kafka.brokers.map((broker) => reach(broker))).then((answers) =>
          finding('Kafka', 'KAFKA_BROKERS', kafka.brokers.join(','), answers),
        )
      : embedded('Kafka', 'Apache Kafka as a child process', 'KAFKA_BROKERS'),
    registry
      ? reach(hostPort(registry.url)).then((answer) =>
          finding('Schema registry', 'SCHEMA_REGISTRY_URL', hostPort(registry.url), [answer]),
        )
      : embedded('Schema registry', 'Apicurio Registry as a child process', 'SCHEMA_REGISTRY_URL'),
    clickhouse
      ? reach(hostPort(clickhouse.url)).then((answer) =>
          finding('ClickHouse', 'CLICKHOUSE_URL', hostPort(clickhouse.url), [answer]),
        )
      : embedded('ClickHouse', 'chDB in this process', 'CLICKHOUSE_URL'),
  ]);
}

function embedded(part: string, what: string, variable: string): Finding {
  return { part, status: 'ok', what: `${what} (${variable} is not set)` };
}

function finding(part: string, variable: string, where: string, answers: string[]): Finding {
  const failed = answers.filter(Boolean);
  // One broker that answers is enough to find the others.
  const status = failed.length === 0 ? 'ok' : failed.length < answers.length ? 'warn' : 'missing';
  if (status === 'ok') return { part, status, what: `${where} (${variable}) answers` };
  const todo = `Check that it runs and can be reached from here, or unset ${variable}.`;
  return { part, status, what: `${where} (${variable}): ${failed.join('; ')}`, todo };
}

/** The `host:port` of an address, without its login. */
export function hostPort(url: string): string {
  const { hostname, port, protocol } = new URL(url);
  return `${hostname}:${port || (protocol === 'https:' ? 443 : 80)}`;
}

/**
 * Tries a TCP connection.
 * @returns empty if it opens, else why not
 * @param ms time it may take, ms
 */
export function reach(address: string, ms = 3000): Promise<string> {
  const at = address.lastIndexOf(':');
  const host = address.slice(0, at).replace(/^\[|\]$/g, '');
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(address.slice(at + 1)) });
    const end = (why: string) => {
      socket.destroy();
      resolve(why);
    };
    socket.setTimeout(ms, () => end('no answer'));
    socket.once('connect', () => end(''));
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
  });
}
