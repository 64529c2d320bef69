// Gives rights on a broker with an authorizer, and takes them away: what `kafka-acls.sh` does.
import { setTimeout as sleep } from 'node:timers/promises';
import { type AclEntry, Kafka, logLevel } from 'kafkajs';
import type { Right } from '../../infra/kafka/acls.ts';

/** Numbers of the protocol; an ES module cannot import the client's enums. */
const resources = { topic: 2, group: 3, 'transactional-id': 5 } as const;
const operations = { Read: 3, Write: 4, Create: 5, DescribeConfigs: 10 } as const;
const allow = 3;
const [literal, prefixed] = [3, 4];

export interface Authority extends AsyncDisposable {
  allow(rights: readonly Right[]): Promise<void>;
  revoke(rights: readonly Right[]): Promise<void>;
}

/** @param brokers address where whoever comes may do everything */
export async function authorityOf(brokers: string, principal: string): Promise<Authority> {
  const admin = new Kafka({ brokers: [brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  const entries = (rights: readonly Right[]): AclEntry[] =>
    rights.flatMap((right) =>
      right.names.flatMap((resourceName) =>
        right.operations.map((operation) => ({
          resourceType: resources[right.resource],
          resourceName,
          resourcePatternType: right.prefixed ? prefixed! : literal!,
          principal,
          host: '*',
          operation: operations[operation],
          permissionType: allow,
        })),
      ),
    );
  /** The brokers hear of it a moment later. */
  const heard = () => sleep(500);
  return {
    async allow(rights) {
      await admin.createAcls({ acl: entries(rights) });
      await heard();
    },
    async revoke(rights) {
      await admin.deleteAcls({ filters: entries(rights) });
      await heard();
    },
    [Symbol.asyncDispose]: () => admin.disconnect(),
  };
}
