// The sources of a configuration that are topics: a stage for each.
import type { MappedEvent } from '../../datasets/mapping/mapped.ts';
import { mapperOf } from '../../datasets/mapping/mapper.ts';
import type { Row } from '../../datasets/mapping/row.ts';
import type { RowKind, Source } from '../../datasets/mapping/shape.ts';
import { foreignFormats, foreignTopic } from '../../infra/import/foreign/topic.ts';
import { topicName } from '../../infra/kafka/topics.ts';
import { MillraceError } from '../../schemas/errors.ts';
import { topics as declared } from '../../schemas/index.ts';
import type { AnyTopic, ForeignFormat } from '../../schemas/topic.ts';
import { clicks } from '../../schemas/topics/clicks.ts';
import { impressions } from '../../schemas/topics/impressions.ts';
import { items } from '../../schemas/topics/items.ts';
import { requests } from '../../schemas/topics/requests.ts';
import type { Stage } from '../../streams/engine/stage.ts';
import { type RowOutcome, sourceStage } from '../../streams/source/stage.ts';
import type { Config } from '../config/read.ts';

type Needed = Pick<Config, 'sources' | 'border' | 'topics'>;

/** Stages that read the topics of the sources. @throws MillraceError `topology-invalid` */
export function sourceStages({ sources, border: limits, topics }: Needed): Stage[] {
  const foreign = new Map<string, AnyTopic>();
  return sources.flatMap((source): Stage[] => {
    const { name, topic, format, rows } = source;
    if (topic === undefined) return [];
    mustBeForeign(source, topic, topics.prefix);
    const id = `${format} ${topic}`;
    const input =
      foreign.get(id) ?? foreignTopic(topic, foreignFormats[format as ForeignFormat['name']]);
    foreign.set(id, input);
    const map = mapperOf(source, { limits });
    const outputs = new Set(rows.flatMap(({ is }) => topicOf(is) ?? []));
    return [
      sourceStage({
        ...{ name, topic: input, outputs: [...outputs] },
        prompt: outputs.has(requests),
        map: (row) => outcomeOf(map(row as Row)),
      }),
    ];
  });
}

/** The topic of the events that rows of a kind become; undefined if they become none. */
function topicOf(kind: RowKind): AnyTopic | undefined {
  switch (kind) {
    case 'ignored':
      return undefined;
    case 'item':
    case 'deleted-item':
      return items;
    case 'impression':
      return impressions;
    case 'request':
      return requests;
    default:
      return clicks;
  }
}

const topicsByKind = { item: items, impression: impressions, request: requests, click: clicks };

function outcomeOf({ events, refusal }: ReturnType<ReturnType<typeof mapperOf>>): RowOutcome {
  return {
    events: events.flatMap((mapped: MappedEvent) =>
      mapped.kind === 'deleted-item'
        ? []
        : [{ topic: topicsByKind[mapped.kind] as AnyTopic, event: mapped.event }],
    ),
    deleted: events.flatMap((mapped) => (mapped.kind === 'deleted-item' ? [mapped.itemId] : [])),
    refusal,
  };
}

function mustBeForeign({ name }: Source, topic: string, prefix: string): void {
  if (!declared.some((own: AnyTopic) => topicName(own, { prefix }) === topic)) return;
  throw new MillraceError({
    code: 'topology-invalid',
    what: `The source ${name} reads ${topic}, and that is what Millrace calls a topic of its own.`,
    why: 'It would take its own events for yours, or write into your topic.',
    todo: 'Give the topics of Millrace a prefix: TOPIC_PREFIX=millrace. (`topics.prefix`).',
  });
}
