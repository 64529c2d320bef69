// Topics with names that changed, as they were before: for the schemas' tests, and those on a real registry.
import avsc from 'avsc';
import { newUser } from '../../models/user/track.ts';
import { schemaText } from '../../schemas/codec.ts';
import { topics } from '../../schemas/index.ts';
import type { AnyTopic } from '../../schemas/topic.ts';
import { events } from '../integration/events.ts';

interface Named {
  name?: string;
  aliases?: string[];
}

/** A topic as it was under the names before. */
export interface Before {
  readonly topic: AnyTopic;
  /** Its schema then, as JSON. */
  readonly schema: string;
  /** An event of now. */
  readonly event: unknown;
  /** The same as it was written then: Avro binary, without a header. */
  readonly bytes: Buffer;
}

const waiting = { impression: events.impressions, state: newUser('u'), groups: [], outcomes: [] };
const eventOf: Record<string, unknown> = {
  ...events,
  'open-impressions': { impressionId: 'i', expiresAt: 1, open: waiting },
};

/** Every topic in whose schema a name has changed. */
export function renamedTopics(): Before[] {
  return (topics as readonly AnyTopic[]).flatMap((topic) => {
    const then = new Map<string, string>();
    const schema = JSON.stringify(JSON.parse(schemaText(topic)), (_, part: unknown) => {
      const { aliases, ...rest } = (part ?? {}) as Named;
      if (!aliases?.[0] || !rest.name) return part;
      then.set(rest.name, aliases[0]);
      return { ...rest, name: aliases[0] };
    });
    if (then.size === 0) return [];
    const event = eventOf[topic.name];
    const bytes = avsc.Type.forSchema(JSON.parse(schema), { registry: {} }).toBuffer(
      under(then, event),
    );
    return [{ topic, schema, event, bytes }];
  });
}

/** An event with its fields under the names that they had. */
function under(then: ReadonlyMap<string, string>, event: unknown): unknown {
  return JSON.parse(JSON.stringify(event), (_, part: unknown) =>
    typeof part !== 'object' || part === null || Array.isArray(part)
      ? part
      : Object.fromEntries(
          Object.entries(part).map(([key, value]) => [then.get(key) ?? key, value]),
        ),
  );
}
