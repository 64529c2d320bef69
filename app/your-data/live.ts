// The sources of a configuration that are topics. Slates and feedback of all of them are one stage, which
// merges them by event time: topics have no order between them, and feedback that came before its slate would
// answer none. Every other source is a stage of its own.
import { type Mapped, timeOf } from '../../datasets/mapping/mapped.ts';
import { mapperOf } from '../../datasets/mapping/mapper.ts';
import type { Row } from '../../datasets/mapping/row.ts';
import type { RowKind, Source } from '../../datasets/mapping/shape.ts';
import { foreignFormats, foreignTopic } from '../../infra/import/foreign/topic.ts';
import { topicName } from '../../infra/kafka/topics.ts';
import { MillraceError } from '../../schemas/errors.ts';
import { topics as declared } from '../../schemas/index.ts';
import type { AnyTopic, ForeignFormat, ForeignRow } from '../../schemas/topic.ts';
import { clicks } from '../../schemas/topics/clicks.ts';
import { impressions } from '../../schemas/topics/impressions.ts';
import { items } from '../../schemas/topics/items.ts';
import { requests } from '../../schemas/topics/requests.ts';
import type { Stage } from '../../streams/engine/stage.ts';
import { type RowOutcome, type SourceInput, sourceStage } from '../../streams/source/stage.ts';
import type { Config } from '../config/read.ts';

type Needed = Pick<Config, 'sources' | 'border' | 'topics'> & {
  readonly attribution: Pick<Config['attribution'], 'waitMs'>;
};

type LiveSource = Source & { readonly topic: string };

/** Stages that read the topics of the sources. @throws MillraceError `topology-invalid` */
export function sourceStages({ sources, border: limits, topics, attribution }: Needed): Stage[] {
  const live = sources.filter((source): source is LiveSource => source.topic !== undefined);
  for (const source of live) mustBeForeign(source, topics.prefix);
  const merged = live.filter(isMerged);
  const alone = live.filter((source) => !isMerged(source));
  // A topic that both kinds of stages read is one topic.
  const foreign = new Map<string, AnyTopic>();
  const inputOf = (of: readonly LiveSource[]) => inputOfSources(of, { limits }, foreign);
  // Of one time, slates before feedback.
  const byTopic = Map.groupBy(
    merged.toSorted((a, b) => Number(hasSlates(b)) - Number(hasSlates(a))),
    ({ topic }) => topic,
  );
  const inputs = [...byTopic.values()].map(inputOf);
  const stages = alone.map((source) =>
    sourceStage({
      name: `source-${source.name}`,
      doc: `Reads ${source.topic}, a topic of yours, by the mapping of the source ${source.name}.`,
      inputs: [inputOf([source])],
      outputs: outputsOf([source]),
      prompt: outputsOf([source]).includes(requests),
    }),
  );
  if (merged.length === 0) return stages;
  const stage = sourceStage({
    name: 'sources',
    doc: `Reads ${[...byTopic.keys()].join(', ')}, topics of yours, merged by the time of their events.`,
    inputs,
    outputs: outputsOf(merged),
    prompt: false,
    mergedWithinMs: attribution.waitMs,
  });
  return [...stages, stage];
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

const outputsOf = (sources: readonly Source[]) => [
  ...new Set(sources.flatMap(({ rows }) => rows.flatMap(({ is }) => topicOf(is) ?? []))),
];

const hasSlates = (source: Source) => outputsOf([source]).includes(impressions);

/** Whether a source is of slates or feedback, and nobody waits for its rows. */
function isMerged(source: Source): boolean {
  const outputs = outputsOf([source]);
  return !outputs.includes(requests) && (hasSlates(source) || outputs.includes(clicks));
}

const topicsByKind = { item: items, impression: impressions, request: requests, click: clicks };

/** The topic that sources share, whose rows have the times of what they become. */
function inputOfSources(
  sources: readonly LiveSource[],
  options: Parameters<typeof mapperOf>[1],
  foreign: Map<string, AnyTopic>,
): SourceInput {
  const [{ topic, format }] = sources as [LiveSource];
  const mappers = sources.map((source) => mapperOf(source, options));
  // Its time is asked for first, then what comes of it.
  const known = new WeakMap<ForeignRow['row'], readonly Mapped[]>();
  const mapped = (row: ForeignRow['row']) => {
    const found = known.get(row) ?? mappers.map((map) => map(row as Row));
    known.set(row, found);
    return found;
  };
  // A row of which nothing comes holds up nothing.
  const timeIn = (row: ForeignRow['row']) =>
    Math.max(0, ...mapped(row).flatMap(({ events }) => events.map(timeOf)));
  const shared =
    foreign.get(topic) ??
    foreignTopic(topic, foreignFormats[format as ForeignFormat['name']], timeIn);
  foreign.set(topic, shared);
  return { topic: shared, map: (row) => mapped(row).map(outcomeOf) };
}

function outcomeOf({ events, refusal }: Mapped): RowOutcome {
  return {
    events: events.flatMap((one) =>
      one.kind === 'deleted-item'
        ? []
        : [{ topic: topicsByKind[one.kind] as AnyTopic, event: one.event }],
    ),
    deleted: events.flatMap((one) => (one.kind === 'deleted-item' ? [one.itemId] : [])),
    refusal,
  };
}

function mustBeForeign({ name, topic }: LiveSource, prefix: string): void {
  if (!declared.some((own: AnyTopic) => topicName(own, { prefix }) === topic)) return;
  throw new MillraceError({
    code: 'topology-invalid',
    what: `The source ${name} reads ${topic}, and that is what Millrace calls a topic of its own.`,
    why: 'It would take its own events for yours, or write into your topic.',
    todo: 'Give the topics of Millrace a prefix: TOPIC_PREFIX=millrace. (`topics.prefix`).',
  });
}
