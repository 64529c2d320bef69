// What a random topology must give, worked out naively: everything sorted by time, every window looked
// at as a whole (rules.ts). No transactions, no layers, no timers, nothing of streams/.
import { hash32 } from '../../../models/random.ts';
import { type Kept, type ModelEvent, type Plan, storeName } from './plan.ts';
import { type Emission, type Result, rules, type Seen } from './rules.ts';

/** Events of a partition of a topic, each with the batch in which it came. */
type Log = { readonly event: ModelEvent; readonly batch: number }[];

export interface Expected {
  /** By topic, then partition. */
  readonly outputs: ReadonlyMap<string, readonly (readonly ModelEvent[])[]>;
  /** By store and partition, as `name/partition`. */
  readonly stores: ReadonlyMap<string, ReadonlyMap<string, Kept>>;
}

export function expectedOf({ partitions, stages, batches }: Plan): Expected {
  const logs = new Map<string, Log[]>();
  const logOf = (topic: string): Log[] => {
    const found = logs.get(topic) ?? Array.from({ length: partitions }, (): Log => []);
    logs.set(topic, found);
    return found;
  };
  const append = (topic: string, event: ModelEvent, batch: number) =>
    logOf(topic)[hash32(event.key) % partitions]!.push({ event, batch });
  for (const [batch, sent] of batches.entries()) {
    for (const { topic, event } of sent) append(topic, event, batch);
  }
  const stores = new Map<string, ReadonlyMap<string, Kept>>();
  for (const stage of stages) {
    const emitted: { event: ModelEvent; batch: number }[] = [];
    for (let partition = 0; partition < partitions; partition++) {
      const { order, batchOf } = sorted(
        stage.inputs.map((name) => ({ name, log: logOf(name)[partition]! })),
        partition,
      );
      const results = stage.steps.map((step) => rules[step.kind](order, step));
      for (const { place, event } of inOrder(results))
        emitted.push({ event, batch: batchOf[place]! });
      for (const [i, { kept }] of results.entries()) {
        if (stage.steps[i]!.kind !== 'map')
          stores.set(`${storeName(stage.name, i)}/${partition}`, kept);
      }
    }
    // Of one batch, what one partition emits is written before what the next one does.
    for (const { event, batch } of emitted.toSorted((a, b) => a.batch - b.batch)) {
      append(stage.output, event, batch);
    }
  }
  const outputs = stages.map(
    ({ output }) => [output, logOf(output).map((log) => log.map(({ event }) => event))] as const,
  );
  return { outputs: new Map(outputs), stores };
}

/** All that is there by batch, then time; what comes behind its own input's time is as old as that. */
function sorted(inputs: readonly { name: string; log: Log }[], partition: number) {
  const all = inputs.flatMap(({ name, log }, input) => {
    let batchBefore = -1;
    let behind = 0;
    return log.map(({ event, batch }, offset) => {
      behind = batch === batchBefore ? Math.max(behind, event.at) : event.at;
      batchBefore = batch;
      return { event, batch, time: behind, input, offset, id: `${name}/${partition}/${offset}` };
    });
  });
  all.sort(
    (a, b) => a.batch - b.batch || a.time - b.time || a.input - b.input || a.offset - b.offset,
  );
  let now = Number.NEGATIVE_INFINITY;
  const order = all.map(({ event, id, input }, place): Seen => {
    now = Math.max(now, event.at);
    return { place, now, event, id, input, inputs: inputs.length };
  });
  return { order, batchOf: all.map(({ batch }) => batch) };
}

/** At each place first what is due, by step, time and key; then what each step makes of the event. */
function inOrder(results: readonly Result[]): Emission[] {
  const compare = (a: Emission, b: Emission) =>
    a.due && b.due ? a.due[0] - b.due[0] || (a.due[1] < b.due[1] ? -1 : 1) : 0;
  const all = results.flatMap(({ emitted }, step) => emitted.map((one) => ({ ...one, step })));
  return all.sort(
    (a, b) =>
      a.place - b.place || Number(!a.due) - Number(!b.due) || a.step - b.step || compare(a, b),
  );
}
