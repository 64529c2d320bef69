// One event of each topic that ClickHouse reads: by hand where a shape is hard to read, else from the schema.
import type { AvroSchema, RecordSchema } from '../../schemas/avro.ts';

const at = Date.UTC(2020, 0, 1) + 123;

/** An event of a topic. */
export function eventOf(topic: string, schema: RecordSchema): object {
  return events[topic as keyof typeof events] ?? (sampleOf(schema) as object);
}

const primitives = {
  bytes: Buffer.from([1]),
  string: 'x',
  boolean: true,
  null: null,
  ...{ int: 1, long: 1, float: 1, double: 1 },
};

/** A value that a schema describes: every list has one entry, what may be absent is. */
function sampleOf(schema: AvroSchema): unknown {
  if (typeof schema === 'string') return primitives[schema];
  if (Array.isArray(schema)) return sampleOf(schema[0] as AvroSchema);
  const named = schema as Exclude<AvroSchema, string | readonly AvroSchema[]>;
  switch (named.type) {
    case 'record':
      return Object.fromEntries(named.fields.map(({ name, type }) => [name, sampleOf(type)]));
    case 'enum':
      return named.symbols[0];
    case 'array':
      return [sampleOf(named.items)];
    case 'map':
      return { key: sampleOf(named.values) };
    case 'long':
      return at;
  }
}

export const events = {
  items: {
    itemId: 'x',
    at,
    title: 'T',
    text: 't',
    groups: ['a', 'b'],
    attributes: { year: '1995' },
  },
  requests: {
    requestId: 'q',
    userId: 'u',
    at,
    k: 3,
    surface: 's',
    candidates: null,
    said: ['hello'],
    context: { device: 'phone' },
  },
  impressions: {
    impressionId: 'i',
    requestId: null,
    userId: 'u',
    at,
    servedBy: 'served',
    policy: 'p',
    version: 5,
    tier: 'fast',
    variant: 'a',
    seed: 7,
    candidateCount: 2,
    propensitySource: 'drawn',
    slateLogProb: -1.5,
    variants: ['a', 'b'],
    items: [
      {
        itemId: 'x',
        position: 0,
        score: 1,
        propensity: 0.5,
        targetPropensities: [0.5, 0.25],
        similarity: null,
      },
      {
        itemId: 'y',
        position: 1,
        score: 2,
        propensity: 1,
        targetPropensities: [1, 0.75],
        similarity: 0.5,
      },
    ],
    missing: [],
    latencyMs: 1.5,
  },
  clicks: {
    clickId: 'c',
    impressionId: 'i',
    userId: 'u',
    itemId: 'x',
    at,
    kind: 'click',
    positive: true,
    value: 1,
    source: 'logged',
    confidence: 1,
    similarity: null,
  },
  rewards: {
    clickId: 'c',
    impressionId: 'i',
    userId: 'u',
    itemId: 'x',
    position: 0,
    at,
    policy: 'p',
    variant: 'a',
    positive: true,
    value: 1,
    source: 'logged',
    confidence: 1,
  },
  examples: {
    impressionId: 'i',
    userId: 'u',
    at,
    closedAt: at + 1000,
    servedBy: 'served',
    source: 'logged',
    confidence: 1,
    policy: 'p',
    version: 5,
    tier: 'fast',
    variant: 'a',
    propensitySource: 'drawn',
    candidateCount: 2,
    items: [
      {
        itemId: 'x',
        position: 0,
        score: 1,
        propensity: 0.5,
        similarity: null,
        groups: ['g1', 'g2'],
        positive: true,
        reward: 5,
      },
    ],
    state: {
      userId: 'u',
      at,
      feedbacks: 1,
      positives: 1,
      valueSum: 1,
      impressions: 1,
      sessions: 1,
      sessionStart: at,
      recent: [{ itemId: 'z', at, positive: true, value: 5 }],
      groups: [{ group: 'g', feedbacks: 1, positives: 1, valueSum: 1 }],
      simulatedFeedbacks: 0,
      simulatedPositives: 0,
    },
  },
  predictions: {
    impressionId: 'i',
    userId: 'u',
    at,
    version: 0,
    source: 'logged',
    models: ['m', 'n'],
    items: [
      { itemId: 'x', positive: true, reward: 5, p: [0.5, 0.25], value: 3.5, source: 'simulated' },
      { itemId: 'y', positive: false, reward: 0, p: [0.1, 0.2], value: null, source: null },
    ],
    ranks: [{ itemId: 'x', candidates: 3, rank: [1, 2.5] }],
  },
  'item-vectors': { hash: 'h', itemId: 'x', at, model: 'm', vector: [1, 2] },
  intents: {
    hash: 'h',
    userId: 'u',
    at,
    model: 'm',
    wanted: ['g'],
    avoid: [],
    confidence: 0.5,
    vector: [1],
    mood: 'calm',
    constraints: ['short'],
    uncertainty: 0.25,
    removed: 1,
    latencyMs: 2.5,
    tokens: 7,
  },
  explanations: {
    hash: 'h',
    impressionId: 'i',
    itemId: 'x',
    at,
    model: 'm',
    text: 't',
    citedItems: ['z'],
    citedGroups: ['g'],
    userId: 'u',
    citedAttributes: ['year=1995'],
    score: null,
    removed: 0,
    latencyMs: 2.5,
    tokens: 7,
    drafter: 'm',
    judge: 'n',
    verdict: 'kept',
  },
  judgements: {
    judgementId: 'j',
    hash: 'h',
    at,
    judge: 'person',
    by: 'p',
    aspect: 'clear',
    score: 4,
  },
  snapshots: {
    policy: 'p',
    version: 1,
    at,
    chunk: 0,
    chunks: 1,
    sha256: 's',
    offsets: [{ topic: 't', partition: 0, offset: 5 }],
    data: Buffer.from([1]),
  },
  experiments: {
    experimentId: 'e',
    at,
    salt: 's',
    arms: [{ variant: 'a', policy: 'p', share: 1 }],
    status: 'running',
    evidence: '',
    phase: 'ab',
  },
  truths: { impressionId: 'i', userId: 'u', at, variant: 'a', expected: 1.5, best: 2 },
  evaluations: {
    evaluationId: 'v',
    at,
    protocol: 'ctr',
    dataset: 'd',
    n: 10,
    seed: 1,
    model: 'm',
    metric: 'AUC',
    span: 'lastHalf',
    value: 0.75,
    standardError: null,
  },
  audit: { at, kind: 'bias', component: 's', name: 'n', value: 1, count: 2 },
  'dead-letters': {
    at,
    origin: 'o',
    partition: null,
    offset: null,
    line: 3,
    code: 'row-unreadable',
    reason: 'r',
    key: null,
    data: Buffer.from([0, 255, 1]),
    skippedBy: 'serve',
  },
  replays: {
    replayId: 'r',
    at,
    steps: 1,
    events: 2,
    shown: 2,
    clicks: 0,
    unreadable: 0,
    done: true,
  },
};
