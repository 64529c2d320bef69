// A cluster that was disconnected stays so: nothing that was under way, or comes later, opens a connection
// that keeps its process from ending.
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { Kafka, logLevel } from 'kafkajs';
import { patchKafkajs } from '../../infra/kafka/kafkajs-patches.ts';
import { openCluster } from '../../infra/kafka/wire/cluster.ts';

interface Pool {
  getConnection(index: number): Promise<unknown>;
}

const host = '127.0.0.1';
const closedError = { message: 'The connections to the cluster are closed.', retriable: false };
let server: Server;
let port: number;
/** What the broker has accepted. */
let sockets: Socket[];

/** A broker that listens, and answers nothing. */
beforeEach(async () => {
  patchKafkajs();
  sockets = [];
  server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {}).resume();
  });
  server.listen(0, host);
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});

afterEach(() => {
  for (const socket of sockets) socket.destroy();
  server.close();
});

/** A cluster that was connected, with the connections to a broker that only the caller knows. */
async function begun() {
  const retry = { retries: 0 };
  const kafka = new Kafka({
    brokers: [`${host}:${port}`],
    requestTimeout: 50,
    retry,
    logLevel: logLevel.NOTHING,
  });
  const cluster = openCluster(kafka);
  await cluster.connect().catch(() => {}); // nobody answers
  const { connectionPoolBuilder } = (
    cluster as unknown as {
      brokerPool: { connectionPoolBuilder: { build(at: object): Promise<Pool> } };
    }
  ).brokerPool;
  const pool = await connectionPoolBuilder.build({ host, port });
  sockets.length = 0;
  return { cluster, pool };
}

async function closed(socket: Socket): Promise<void> {
  if (!socket.closed) await once(socket, 'close');
}

/** Waits until the broker has seen a number of connections. */
async function seen(count: number): Promise<void> {
  while (sockets.length < count) await once(server, 'connection');
}

it('opens one connection for all that ask at once', async () => {
  const { cluster, pool } = await begun();
  const [one, other] = await Promise.all([pool.getConnection(0), pool.getConnection(0)]);
  expect(one).toBe(other);
  await seen(1);
  await cluster.disconnect();
  await closed(sockets[0]!);
  expect(sockets).toHaveLength(1);
});

it('closes every connection, also one of a broker that is looked up no more', async () => {
  const { cluster, pool } = await begun();
  await Promise.all([pool.getConnection(0), pool.getConnection(1)]);
  await seen(2);
  await cluster.disconnect();
  await Promise.all(sockets.map(closed));
});

it('closes what is being opened, and says so', async () => {
  const { cluster, pool } = await begun();
  const underWay = pool.getConnection(1).catch((error) => error);
  await Promise.all([cluster.disconnect(), seen(1)]);
  expect(await underWay).toMatchObject(closedError);
  await closed(sockets[0]!);
});

it('refuses what asks later, for good, before anything is opened', async () => {
  const { cluster, pool } = await begun();
  await cluster.disconnect();
  await expect(pool.getConnection(0)).rejects.toMatchObject(closedError);
  expect(sockets).toEqual([]);
});

it('opens again when it is connected by name', async () => {
  const { cluster, pool } = await begun();
  await cluster.disconnect();
  await cluster.connect().catch(() => {});
  await pool.getConnection(0);
  await cluster.disconnect();
  await Promise.all(sockets.map(closed));
});
