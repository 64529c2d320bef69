import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { expect, it } from '@jest/globals';
import { Kafka, logLevel } from 'kafkajs';
import { patchKafkajs } from '../../infra/kafka/kafkajs-patches.ts';
import { openCluster } from '../../infra/kafka/wire/cluster.ts';

it('closes a connection that did not answer, and opens another for the next call', async () => {
  patchKafkajs();
  const connections: Socket[] = [];
  const server = createServer((socket) => {
    connections.push(socket);
    socket.on('error', () => {}).resume();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const kafka = new Kafka({
    brokers: [`127.0.0.1:${(server.address() as AddressInfo).port}`],
    requestTimeout: 200,
    retry: { retries: 0 },
    logLevel: logLevel.NOTHING,
  });
  const cluster = openCluster(kafka);
  for (const tries of [1, 2]) {
    const asked = cluster.connect();
    await expect(asked).rejects.toMatchObject({ message: expect.stringMatching(/timed out/) });
    expect(connections).toHaveLength(tries);
    const closed = connections[tries - 1]!;
    if (!closed.closed) await once(closed, 'close');
  }
  await cluster.disconnect();
  server.close();
});
