// Groups of every kind: the client knows the classic ones alone, and calls the others dead.
// Formats: https://kafka.apache.org/protocol (ListGroups 5, ConsumerGroupDescribe 0, ShareGroupDescribe 1, flexible)
import type { Call } from './cluster.ts';
import { type FlexibleApi, flexibleCall } from './flexible.ts';

export interface ListedGroup {
  readonly group: string;
  /** State as the broker names it: `Stable`, `Empty` and so on. */
  readonly state: string;
  /** `classic`, `consumer` (KIP-848), `share` (KIP-932) or another kind of a newer broker. */
  readonly kind: string;
}

export interface Listed {
  readonly errorCode: number;
  readonly groups: readonly ListedGroup[];
  readonly clientSideThrottleTime: number;
}

/** The groups that a broker coordinates. */
export function listGroupsCall(): Call<Listed> {
  return flexibleCall(
    { apiKey: 16, apiVersion: 5, apiName: 'ListGroups' },
    4,
    (out) => {
      out.int8(1); // every state
      out.int8(1); // every kind
    },
    (from) => {
      const clientSideThrottleTime = from.int32();
      const errorCode = from.int16();
      const groups: ListedGroup[] = [];
      for (let left = from.varint() - 1; left > 0; left--) {
        const group = from.compactString();
        from.compactString(); // type of the protocol
        const state = from.compactString();
        groups.push({ group, state, kind: from.compactString() });
        from.tags();
      }
      return { clientSideThrottleTime, errorCode, groups };
    },
  );
}

/** Calls that describe groups of the newer kinds. */
const describing: Readonly<Record<string, FlexibleApi>> = {
  consumer: { apiKey: 69, apiVersion: 0, apiName: 'ConsumerGroupDescribe' },
  share: { apiKey: 77, apiVersion: 1, apiName: 'ShareGroupDescribe' },
};

export interface CountedMembers {
  readonly errorCode: number;
  readonly members: number;
  readonly clientSideThrottleTime: number;
}

/** How many members a group has; undefined for a kind that no call is known for. */
export function countMembersCall({ group, kind }: ListedGroup): Call<CountedMembers> | undefined {
  const api = describing[kind];
  if (!api) return undefined;
  return flexibleCall(
    api,
    16 + group.length * 3,
    (out) => {
      out.int8(2); // one group
      out.compactString(group);
      out.int8(0); // no list of what may be done
    },
    (from) => {
      const clientSideThrottleTime = from.int32();
      from.varint(); // one group
      const errorCode = from.int16();
      from.compactString(); // message
      from.compactString(); // group
      from.compactString(); // state
      from.skip(8); // epochs of group and assignment
      from.compactString(); // assignor
      return { clientSideThrottleTime, errorCode, members: Math.max(0, from.varint() - 1) };
    },
  );
}
