// Groups of every kind: the client knows the classic ones alone, and calls the others dead.
// Formats: https://kafka.apache.org/protocol (ListGroups 5, ConsumerGroupDescribe 0, ShareGroupDescribe 1, flexible)
import { BufferReader, BufferWriter } from './buffers.ts';
import type { Call } from './cluster.ts';
import { handOver } from './hand-over.ts';

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
  return {
    request: {
      apiKey: 16,
      apiVersion: 5,
      apiName: 'ListGroups',
      async encode() {
        const out = new BufferWriter(4);
        out.int8(0); // no tagged fields in the header
        out.int8(1); // every state
        out.int8(1); // every kind
        out.int8(0); // no tagged fields
        return handOver(out.done());
      },
    },
    response: {
      async decode(payload) {
        const from = new BufferReader(payload);
        from.tags(); // of the header
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
      parse: async (decoded) => decoded,
    },
  };
}

/** Calls that describe groups of the newer kinds. */
const describing: Readonly<Record<string, { apiKey: number; apiVersion: number; name: string }>> = {
  consumer: { apiKey: 69, apiVersion: 0, name: 'ConsumerGroupDescribe' },
  share: { apiKey: 77, apiVersion: 1, name: 'ShareGroupDescribe' },
};

export interface CountedMembers {
  readonly errorCode: number;
  readonly members: number;
  readonly clientSideThrottleTime: number;
}

/** How many members a group has; undefined for a kind that no call is known for. */
export function countMembersCall({ group, kind }: ListedGroup): Call<CountedMembers> | undefined {
  const call = describing[kind];
  if (!call) return undefined;
  return {
    request: {
      apiKey: call.apiKey,
      apiVersion: call.apiVersion,
      apiName: call.name,
      async encode() {
        const out = new BufferWriter(16 + group.length * 3);
        out.int8(0); // no tagged fields in the header
        out.int8(2); // one group
        out.compactString(group);
        out.int8(0); // no list of what may be done
        out.int8(0); // no tagged fields
        return handOver(out.done());
      },
    },
    response: {
      async decode(payload) {
        const from = new BufferReader(payload);
        from.tags(); // of the header
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
      parse: async (decoded) => decoded,
    },
  };
}
