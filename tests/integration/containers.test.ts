// The same parts from their official images: TEST_INFRA=containers npm test -- tests/integration
import { describe, expect, it } from '@jest/globals';
import { Kafka, logLevel } from 'kafkajs';
import { image, whyNoContainers } from '../support/containers.ts';
import { startInfra } from '../support/infra.ts';

const why = await whyNoContainers();
const onContainers = why ? it.skip : it;

describe(`official images${why ? ` (skipped: ${why})` : ''}`, () => {
  onContainers(
    'answer: Kafka, the schema registry and ClickHouse',
    async () => {
      const { brokers, registryUrl, clickhouse } = await startInfra();
      const admin = new Kafka({ brokers: [brokers], logLevel: logLevel.NOTHING }).admin();
      await admin.connect();
      expect((await admin.describeCluster()).brokers).toHaveLength(1);
      await admin.disconnect();
      expect((await fetch(`${registryUrl}/subjects`)).status).toBe(200);
      const { origin, username, password } = new URL(clickhouse!.url);
      const answer = await fetch(`${origin}/?query=select+1`, {
        headers: { 'x-clickhouse-user': username, 'x-clickhouse-key': password },
      });
      expect(await answer.text()).toBe('1\n');
    },
    600_000,
  );
});

describe('docker-compose.yml', () => {
  it('pins every image', () => {
    for (const name of [
      'apache/kafka',
      'apicurio/apicurio-registry',
      'clickhouse/clickhouse-server',
    ]) {
      expect(image(name)).toMatch(/:\d+\.\d+/);
    }
  });
});
