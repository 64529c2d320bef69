// A renamed field, record or enum: what was written under the name before is read as before.
import { describe, expect, it } from '@jest/globals';
import avsc from 'avsc';
import { newUser } from '../../models/user/track.ts';
import { createCodec, schemaText } from '../../schemas/codec.ts';
import { topics } from '../../schemas/index.ts';
import type { AnyTopic } from '../../schemas/topic.ts';
import { incompatibility } from '../golden/schemas.ts';
import { events } from '../integration/events.ts';

const waiting = { impression: events.impressions, state: newUser('u'), groups: [], outcomes: [] };
const eventOf: Record<string, unknown> = {
  ...events,
  'open-impressions': { impressionId: 'i', expiresAt: 1, open: waiting },
};

interface Node {
  name?: string;
  aliases?: string[];
  fields?: Node[];
}

const isNode = (part: unknown): part is Node => typeof part === 'object' && part !== null;

/** A schema with every name as it was, and the names that this changed. */
function before(schema: string): { text: string; names: [now: string, then: string][] } {
  const names: [string, string][] = [];
  const text = JSON.stringify(JSON.parse(schema), (_, part: unknown) => {
    if (!isNode(part) || !part.aliases || !part.name) return part;
    const { aliases, ...rest } = part;
    names.push([part.name, aliases[0]!]);
    return { ...rest, name: aliases[0]! };
  });
  return { text, names };
}

/** An event with its fields under the names that they had. */
function under(names: readonly [string, string][], event: unknown): unknown {
  const then = new Map(names);
  return JSON.parse(JSON.stringify(event), (_, part: unknown) =>
    typeof part !== 'object' || part === null || Array.isArray(part)
      ? part
      : Object.fromEntries(
          Object.entries(part).map(([key, value]) => [then.get(key) ?? key, value]),
        ),
  );
}

const renamed = (topics as readonly AnyTopic[]).filter(
  (topic) => before(schemaText(topic)).names.length > 0,
);

describe('a topic with names that changed', () => {
  it('is each of those that carry a slate or say who found or decided something', () => {
    expect(renamed.map(({ name }) => name).sort()).toEqual([
      ...['audit', 'examples', 'experiments', 'impressions', 'open-impressions'],
    ]);
  });

  it.each(renamed.map((topic) => [topic.name, topic] as const))(
    '%s is BACKWARD compatible, and its codec reads what was written before',
    (name, topic) => {
      const { text, names } = before(schemaText(topic));
      expect(incompatibility(schemaText(topic), text)).toBeUndefined();
      const event = eventOf[name];
      const old = avsc.Type.forSchema(JSON.parse(text), { registry: {} });
      const bytes = old.toBuffer(under(names, event));
      const framed = Buffer.concat([Buffer.from([0, 0, 0, 0, 9]), bytes]);
      const codec = createCodec(topic, 1);
      codec.learnSchema(9, JSON.parse(text));
      expect(codec.decode(framed)).toEqual(codec.decode(codec.encode(event)));
    },
  );
});
