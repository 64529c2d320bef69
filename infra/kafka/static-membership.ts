// Static members of groups (KIP-345). kafkajs 2.2.4 can say the instance id in the protocol but offers no
// setting for it; the two requests in which it matters are made here, see kafkajs-patches.ts.
import { createRequire } from 'node:module';
import type { Call } from './wire/cluster.ts';

/** Instance ids of this process, by group. */
const instanceIds = new Map<string, string>();

export function setInstanceId(groupId: string, instanceId: string): void {
  instanceIds.set(groupId, instanceId);
}

interface Joining {
  readonly groupId: string;
}

type Protocol = (args: object) => Call<unknown>;

interface ClientBroker {
  lookupRequest(apiKey: number, definition: unknown): Protocol;
  readonly connectionPool: { send<T>(call: Call<T>): Promise<T> };
}

type Method = (this: ClientBroker, of: Joining) => Promise<unknown>;

const { requests } = createRequire(import.meta.url)('kafkajs/src/protocol/requests') as {
  requests: { readonly JoinGroup: unknown };
};

const joinGroupKey = 11;

/** Wraps a broker's `joinGroup`: a static member says its instance id. */
export function joiningStatically(join: Method): Method {
  return async function (of) {
    const groupInstanceId = instanceIds.get(of.groupId);
    if (groupInstanceId === undefined) return join.call(this, of);
    const joinGroup = this.lookupRequest(joinGroupKey, requests.JoinGroup);
    return this.connectionPool.send(
      joinGroup({ memberId: '', protocolType: 'consumer', ...of, groupInstanceId }),
    );
  };
}

/** Wraps a broker's `leaveGroup`: a static member does not leave, it comes back. */
export function leavingDynamically(leave: Method): Method {
  return async function (of) {
    return instanceIds.has(of.groupId) ? undefined : leave.call(this, of);
  };
}
