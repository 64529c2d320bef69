// Runs a plan in memory, with the transactions, faults and restarts that it draws.

import { MemoryRuntime } from '../../../streams/engine/memory-runtime.ts';
import type { Stage } from '../../../streams/engine/stage.ts';
import {
  type Backing,
  MemoryBacking,
  type OpenBacking,
  type StoreDef,
} from '../../../streams/engine/store.ts';
import type { Task } from '../../../streams/engine/task.ts';
import { topologyOf } from './operators.ts';
import type { Kept, ModelEvent, Plan } from './plan.ts';

/** What a run shows. */
export interface Shown {
  /** By topic, then partition. */
  readonly outputs: ReadonlyMap<string, readonly (readonly ModelEvent[])[]>;
  /** By store and partition, as `name/partition`. */
  readonly stores: ReadonlyMap<string, ReadonlyMap<string, Kept>>;
  /** Keys that the changelogs still hold, by store and partition. */
  readonly changelogs: ReadonlyMap<string, ReadonlySet<string>>;
}

/** @param look called after each batch, and with 'restarted' when every process has been ended at last */
export function play(plan: Plan, look: (after: number | 'restarted', shown: Shown) => void): void {
  const { topology, topics } = topologyOf(plan);
  const { partitions, commitEvery, commitDelay, durable } = plan;
  let asked = 0;
  const runtime = new MemoryRuntime(topology, {
    partitions,
    commitEvery,
    commitDelay,
    ...(durable ? { openBacking: disks() } : {}),
    faults: ({ stage, task }) => {
      assertBounded(stage, task);
      return plan.faults[asked++] ?? undefined;
    },
  });

  const show = (): Shown => {
    const shown = {
      outputs: new Map<string, ModelEvent[][]>(),
      stores: new Map<string, Map<string, Kept>>(),
      changelogs: new Map<string, Set<string>>(),
    };
    for (const { name, stores, outputs } of topology.stages) {
      for (const topic of outputs) {
        const events = runtime.events(topic) as ModelEvent[];
        const logs = runtime.records(topic);
        shown.outputs.set(
          topic.name,
          logs.map(({ length }) => events.splice(0, length)),
        );
      }
      for (const store of stores) {
        for (const [partition, log] of runtime.records(store.changelog).entries()) {
          const id = `${store.name}/${partition}`;
          const latest = new Map(log.map(({ key, bytes }) => [key, bytes]));
          const held = [...latest].flatMap(([key, bytes]) => (bytes ? key : []));
          shown.changelogs.set(id, new Set(held));
          shown.stores.set(id, new Map(entriesOf(runtime.task(name, partition), store)));
        }
      }
    }
    return shown;
  };

  for (const [batch, sent] of plan.batches.entries()) {
    for (const { topic, event } of sent) runtime.send(topics.get(topic)!, event);
    runtime.drain();
    look(batch, show());
  }
  runtime.restart();
  look('restarted', show());
}

const entriesOf = (task: Task, store: StoreDef) =>
  task.stateOf(store).entries() as Iterable<[string, Kept]>;

/** At no moment may a store hold what its window has let go. */
function assertBounded({ stores }: Stage, task: Task): void {
  for (const store of stores) {
    if (!store.expiresAt) continue;
    for (const [key, { expiresAt }] of entriesOf(task, store)) {
      if (expiresAt > task.streamTime) continue;
      throw new Error(`At ${task.streamTime} ${store.name} holds ${key}, due at ${expiresAt}.`);
    }
  }
}

/** Backings that outlive their tasks, with a checkpoint, as LMDB's do. */
function disks(): OpenBacking {
  const all = new Map<string, Backing<unknown>>();
  return ({ name }, partition) => {
    const id = `${name}/${partition}`;
    const disk = all.get(id) ?? new Disk();
    all.set(id, disk);
    return disk;
  };
}

class Disk implements Backing<unknown> {
  checkpoint = 0;
  private readonly values = new MemoryBacking<unknown>();
  get = (key: string) => this.values.get(key);
  has = (key: string) => this.values.has(key);
  entries = () => this.values.entries();
  clear = () => this.values.clear();
  close = () => {};

  get size() {
    return this.values.size;
  }

  apply(changes: Parameters<Backing<unknown>['apply']>[0], next: number | undefined): void {
    this.values.apply(changes);
    this.checkpoint = next ?? this.checkpoint;
  }
}
