// The steps of a random topology as a stage would have them: stores, timers, emits.
import { record, timestamp } from '../../../schemas/avro.ts';
import { defineTopic } from '../../../schemas/topic.ts';
import {
  type Context,
  on,
  type RecordMetadata,
  type Stage,
  type StageLogic,
} from '../../../streams/engine/stage.ts';
import { defineStore } from '../../../streams/engine/store.ts';
import type { Topology } from '../../../streams/engine/topology.ts';
import { type Kept, type ModelEvent, type Plan, type StagePlan, storeName } from './plan.ts';

const eventTopic = (name: string) =>
  defineTopic({
    name,
    doc: 'Events of a random topology.',
    key: 'key',
    schema: record('ModelEvent', 'An event.', [
      { name: 'id', type: 'string' },
      { name: 'kind', type: 'string' },
      { name: 'key', type: 'string' },
      { name: 'at', type: timestamp },
      { name: 'value', type: 'long' },
    ]),
    keyOf: (event) => event.key,
    timeOf: (event) => event.at,
  });

const changelogOf = (name: string) =>
  defineTopic({
    name,
    doc: 'State of a random topology.',
    key: 'key',
    compacted: true,
    schema: record('Kept', 'State of a key.', [
      { name: 'key', type: 'string' },
      { name: 'at', type: timestamp },
      { name: 'expiresAt', type: timestamp },
      { name: 'count', type: 'long' },
      { name: 'sum', type: 'long' },
      { name: 'closed', type: 'boolean' },
    ]),
    keyOf: (kept) => kept.key,
    timeOf: (kept) => kept.at,
  });

export type EventTopic = ReturnType<typeof eventTopic>;

/** The topology of a plan, and its topics by name. */
export function topologyOf(plan: Pick<Plan, 'batches' | 'stages'>): {
  topology: Topology;
  topics: Map<string, EventTopic>;
} {
  const names = [
    ...plan.batches.flat().map(({ topic }) => topic),
    ...plan.stages.flatMap(({ inputs, output }) => [...inputs, output]),
  ];
  const topics = new Map([...new Set(names)].map((name) => [name, eventTopic(name)]));
  const stages = plan.stages.map((stage) => stageOf(stage, topics));
  return { topology: { stages, enrichers: [] }, topics };
}

type Store = ReturnType<typeof storeOf>;

function storeOf(name: string, expires: boolean) {
  const changelog = changelogOf(name);
  return expires
    ? defineStore({ name, changelog, expiresAt: (kept) => kept.expiresAt })
    : defineStore({ name, changelog });
}

function stageOf(plan: StagePlan, topics: Map<string, EventTopic>): Stage {
  const inputs = plan.inputs.map((name) => topics.get(name)!);
  const output = topics.get(plan.output)!;
  const stores = plan.steps.map(({ kind }, i) =>
    kind === 'map' ? undefined : storeOf(storeName(plan.name, i), kind !== 'count'),
  );
  return {
    name: plan.name,
    doc: 'A stage of a random topology.',
    steps: plan.steps.map(({ kind }) => kind),
    inputs,
    outputs: [output],
    stores: stores.filter((store) => store !== undefined),
    commitEveryMs: 0,
    flushOn: [],
    tables: [],
    create: (): StageLogic => ({
      advance(context) {
        for (const [i, store] of stores.entries()) {
          if (store?.expiresAt)
            give(plan.steps[i]!.window, plan.steps[i]!.kind, store, output, context);
        }
      },
      handlers: inputs.map((topic) =>
        on(topic, (event, context, record) => {
          for (const [i, { kind, window }] of plan.steps.entries()) {
            const first = inputs.length > 1 ? topic === inputs[0]! : undefined;
            const step = new Step(window, stores[i], output, context, record);
            step[kind](event, first);
          }
        }),
      ),
    }),
  };
}

/** Gives up what is due. */
function give(
  window: number,
  kind: string,
  store: Store,
  output: EventTopic,
  context: Context,
): void {
  const state = context.store(store);
  for (const [key, kept] of state.expire(context.streamTime)) {
    const due = kept.expiresAt;
    if (kind === 'trace' && !kept.closed)
      state.put(key, { ...kept, closed: true, expiresAt: due + window });
    else state.delete(key);
    if (kind === 'tumble' || kind === 'session' || (kind === 'trace' && !kept.closed)) {
      const at = kind === 'tumble' ? due - window : due;
      context.emit(output, { id: key, kind, key: kept.key, at, value: kept.sum });
    }
  }
}

class Step {
  private readonly window: number;
  private readonly store: Store | undefined;
  private readonly output: EventTopic;
  private readonly context: Context;
  private readonly id: string;

  constructor(
    window: number,
    store: Store | undefined,
    output: EventTopic,
    context: Context,
    record: RecordMetadata,
  ) {
    this.window = window;
    this.store = store;
    this.output = output;
    this.context = context;
    this.id = `${record.topic}/${record.partition}/${record.offset}`;
  }

  map({ key, at, value }: ModelEvent): void {
    this.emit('map', `${key}${value}`, at, value + 1);
  }

  count({ key, at, value }: ModelEvent): void {
    const kept = this.add(key, key, value, at, 0);
    this.emit('count', key, at, 1000 * kept.count + kept.sum);
  }

  dedupe({ key, at, value }: ModelEvent): void {
    if (this.late(key, at, at + this.window)) return;
    const id = `${key}=${value}`;
    if (this.state.get(id)) return;
    this.add(id, key, value, at, at + this.window);
    this.emit('dedupe', key, at, value);
  }

  join({ key, at, value }: ModelEvent, first: boolean | undefined): void {
    if (first ?? value % 2 === 0) {
      if (this.late(key, at, at + this.window)) return;
      this.state.delete(key);
      this.add(key, key, value, at, at + this.window);
      return;
    }
    const left = this.state.get(key);
    this.emit(left ? 'join' : 'miss', key, at, left ? left.sum + value : value);
  }

  tumble({ key, at, value }: ModelEvent): void {
    const start = Math.floor(at / this.window) * this.window;
    const due = start + 2 * this.window;
    if (!this.late(key, at, due)) this.add(`${key}@${start}`, key, value, start, due);
  }

  session({ key, at, value }: ModelEvent): void {
    if (!this.late(key, at, at + this.window)) this.add(key, key, value, at, at + this.window);
  }

  trace({ key, at, value }: ModelEvent): void {
    const kept = this.state.get(key);
    if (kept?.closed) this.emit('late', key, at, 0);
    else if (kept) this.add(key, key, value, kept.at, kept.expiresAt);
    else if (!this.late(key, at, at + this.window)) this.add(key, key, value, at, at + this.window);
  }

  private get state() {
    return this.context.store(this.store!);
  }

  private add(id: string, key: string, value: number, at: number, expiresAt: number): Kept {
    const old = this.state.get(id);
    const kept = {
      key,
      at: Math.max(old?.at ?? 0, at),
      expiresAt: Math.max(old?.expiresAt ?? 0, expiresAt),
      count: (old?.count ?? 0) + 1,
      sum: (old?.sum ?? 0) + value,
      closed: false,
    };
    this.state.put(id, kept);
    return kept;
  }

  private late(key: string, at: number, until: number): boolean {
    if (until > this.context.streamTime) return false;
    this.emit('late', key, at, 0);
    return true;
  }

  private emit(kind: string, key: string, at: number, value: number): void {
    this.context.emit(this.output, { id: this.id, kind, key, at, value });
  }
}
