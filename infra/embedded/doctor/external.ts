// Parts that the environment names instead of the embedded ones: do they answer?
import { connect } from 'node:net';
import type { MillraceError } from '../../../schemas/errors.ts';
import { probeClickHouse } from '../../clickhouse/probe.ts';
import { probeKafka } from '../../kafka/probe.ts';
import { probeRegistry } from '../../registry/probe.ts';
import type { Checked, Finding } from './finding.ts';

export function externalParts(config: Checked): Promise<Finding[]> {
  return Promise.all([kafkaOf(config), registryOf(config), clickhouseOf(config)]);
}

/** Whether the brokers can be reached, and whether they let us in. */
async function kafkaOf({ kafka }: Checked): Promise<Finding> {
  if (!kafka) return embedded('Kafka', 'Apache Kafka as a child process', 'KAFKA_BROKERS');
  const answers = await Promise.all(kafka.brokers.map((broker) => reach(broker)));
  const found = finding('Kafka', 'KAFKA_BROKERS', kafka.brokers.join(','), answers);
  if (found.status === 'missing') return found;
  const reached = kafka.brokers.filter((_, i) => !answers[i]);
  return using('Kafka', found, async () => {
    const { brokers } = await probeKafka({ ...kafka, brokers: reached });
    const tls = kafka.ssl ? ', by TLS' : '';
    const login = kafka.sasl ? `, as ${kafka.sasl.username} (${kafka.sasl.mechanism})` : '';
    return `; brokers in the cluster: ${brokers}${tls}${login}`;
  });
}

async function registryOf({ kafka, registry }: Checked): Promise<Finding> {
  const part = 'Schema registry';
  if (!registry && kafka) {
    const what = 'brokers are named (KAFKA_BROKERS), and no schema registry';
    return { part, status: 'missing', what, todo: 'Set SCHEMA_REGISTRY_URL.' };
  }
  if (!registry)
    return embedded(part, 'Apicurio Registry as a child process', 'SCHEMA_REGISTRY_URL');
  const where = hostPort(registry.url);
  const found = finding(part, 'SCHEMA_REGISTRY_URL', where, [await reach(where)]);
  if (found.status === 'missing') return found;
  return using(part, found, async () => {
    await probeRegistry({ url: registry.url, auth: registry.login, ca: registry.ca });
    return registry.login ? `, as ${registry.login.username}` : '';
  });
}

/** Whether the server can be reached, and whether it lets us in. */
async function clickhouseOf({ clickhouse }: Checked): Promise<Finding> {
  const part = 'ClickHouse';
  if (!clickhouse) return embedded(part, 'chDB in this process', 'CLICKHOUSE_URL');
  const where = hostPort(clickhouse.url);
  const found = finding(part, 'CLICKHOUSE_URL', where, [await reach(where)]);
  if (found.status === 'missing') return found;
  return using(part, found, async () => {
    const { version } = await probeClickHouse(clickhouse.url);
    const { username } = new URL(clickhouse.url);
    return `: version ${version}${username && `, as ${decodeURIComponent(username)}`}`;
  });
}

/** What was found, with what a part that is used tells more; or why it cannot be used. */
async function using(part: string, found: Finding, use: () => Promise<string>): Promise<Finding> {
  try {
    return { ...found, what: found.what + (await use()) };
  } catch (error) {
    const { message, why, todo } = error as Partial<MillraceError> & Error;
    const what = why ? `${message.split('\n')[0]} ${why}` : message;
    return { part, status: 'missing', what, ...(todo === undefined ? {} : { todo }) };
  }
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
