// What each step makes of all the events of a partition, in their order: the naive reference's rules.
import type { Kept, Kind, ModelEvent, StepPlan } from './plan.ts';

/** An event as a task sees it: its place in the sorted order, and the stream time there. */
export interface Seen {
  readonly place: number;
  readonly now: number;
  readonly event: ModelEvent;
  /** Where it stands: topic, partition, offset. */
  readonly id: string;
  readonly input: number;
  readonly inputs: number;
}

/** What a step emits, and when: at which place, as something due (by time and key) or of the event. */
export interface Emission {
  readonly place: number;
  readonly due?: readonly [time: number, key: string];
  readonly event: ModelEvent;
}

export interface Result {
  readonly emitted: readonly Emission[];
  readonly kept: ReadonlyMap<string, Kept>;
}

type Rule = (order: readonly Seen[], plan: StepPlan) => Result;

export const rules: Record<Kind, Rule> = {
  map: (order) => ({
    emitted: order.map((seen) => {
      const { key, value } = seen.event;
      return own(seen, 'map', value + 1, `${key}${value}`);
    }),
    kept: new Map(),
  }),

  count: (order) => {
    const upTo = (seen: Seen) =>
      order.filter(({ place, event }) => place <= seen.place && event.key === seen.event.key);
    const groups = groupBy(order, ({ event }) => event.key);
    return {
      emitted: order.map((seen) => {
        const events = upTo(seen);
        return own(seen, 'count', 1000 * events.length + sumOf(events));
      }),
      kept: new Map([...groups].map(([key, group]) => [key, keptOf(group, 0)])),
    };
  },

  dedupe: (order, { window }) => {
    const { late, timely } = byLateness(order, ({ event }) => event.at + window);
    const groups = groupBy(timely, ({ event }) => `${event.key}=${event.value}`);
    const runs = [...groups].flatMap(([id, group]) =>
      // The first of a run alone counts; the next run begins when its window is over.
      cutRuns(group, ([first]) => first!.event.at + window).map((run) => ({ id, first: run[0]! })),
    );
    return {
      emitted: [...late, ...runs.map(({ first }) => own(first, 'dedupe', first.event.value))],
      kept: stillKept(
        runs.map(({ id, first }) => [id, keptOf([first], first.event.at + window)]),
        order,
      ),
    };
  },

  join: (order, { window }) => {
    const isLeft = ({ input, inputs, event }: Seen) =>
      inputs > 1 ? input === 0 : event.value % 2 === 0;
    const { late, timely } = byLateness(order.filter(isLeft), ({ event }) => event.at + window);
    const lastLeft = (key: string, before: number) =>
      timely.findLast(({ place, event }) => event.key === key && place < before);
    const emitted = order
      .filter((seen) => !isLeft(seen))
      .map((seen) => {
        const left = lastLeft(seen.event.key, seen.place);
        const { value } = seen.event;
        return left && left.event.at + window > seen.now
          ? own(seen, 'join', left.event.value + value)
          : own(seen, 'miss', value);
      });
    const keys = new Set(timely.map(({ event }) => event.key));
    const kept = [...keys].map((key): [string, Kept] => {
      const left = lastLeft(key, Number.POSITIVE_INFINITY)!;
      return [key, keptOf([left], left.event.at + window)];
    });
    return { emitted: [...late, ...emitted], kept: stillKept(kept, order) };
  },

  tumble: (order, { window }) => {
    const startOf = (seen: Seen) => Math.floor(seen.event.at / window) * window;
    const { late, timely } = byLateness(order, (seen) => startOf(seen) + 2 * window);
    const groups = groupBy(timely, (seen) => `${seen.event.key}@${startOf(seen)}`);
    const windows = [...groups].map(([id, group]): [string, Kept] => {
      const start = startOf(group[0]!);
      return [id, { ...keptOf(group, start + 2 * window), at: start }];
    });
    const closed = windows.flatMap(([id, kept]) =>
      dueOf(order, id, kept, 'tumble', kept.at + window),
    );
    return { emitted: [...late, ...closed], kept: stillKept(windows, order) };
  },

  session: (order, { window }) => {
    const { late, timely } = byLateness(order, ({ event }) => event.at + window);
    const groups = groupBy(timely, ({ event }) => event.key);
    const sessions = [...groups].flatMap(([key, group]) =>
      cutRuns(group, (run) => latest(run) + window).map((run): [string, Kept] => [
        key,
        keptOf(run, latest(run) + window),
      ]),
    );
    const closed = sessions.flatMap(([key, kept]) =>
      dueOf(order, key, kept, 'session', kept.expiresAt),
    );
    return { emitted: [...late, ...closed], kept: stillKept(sessions, order) };
  },

  trace: (order, { window }) => {
    const emitted: Emission[] = [];
    const entries: [string, Kept][] = [];
    for (const [key, group] of groupBy(order, ({ event }) => event.key)) {
      for (let rest = group; rest.length > 0; ) {
        const [first] = rest;
        const end = first!.event.at + window;
        if (end <= first!.now) {
          emitted.push(own(first!, 'late', 0));
          rest = rest.slice(1);
          continue;
        }
        const open = rest.filter(({ now }) => now < end);
        const late = rest.filter(({ now }) => now >= end && now < end + window);
        emitted.push(...late.map((seen) => own(seen, 'late', 0)));
        const kept = { ...keptOf(open, end), at: first!.event.at };
        emitted.push(...dueOf(order, key, kept, 'trace', end));
        const over = order.some(({ now }) => now >= end);
        entries.push([key, over ? { ...kept, closed: true, expiresAt: end + window } : kept]);
        rest = rest.slice(open.length + late.length);
      }
    }
    return { emitted, kept: stillKept(entries, order) };
  },
};

function own({ place, id, event }: Seen, kind: string, value: number, key = event.key): Emission {
  return { place, event: { id, kind, key, at: event.at, value } };
}

function byLateness(order: readonly Seen[], until: (seen: Seen) => number) {
  const isLate = (seen: Seen) => until(seen) <= seen.now;
  const late = order.filter(isLate).map((seen) => own(seen, 'late', 0));
  return { late, timely: order.filter((seen) => !isLate(seen)) };
}

/** What a window gives once the stream's time has come to its end; nothing before. */
function dueOf(
  order: readonly Seen[],
  id: string,
  kept: Kept,
  kind: string,
  at: number,
): Emission[] {
  const due = kept.expiresAt;
  const closing = order.find(({ now }) => now >= due);
  if (!closing) return [];
  const event = { id, kind, key: kept.key, at, value: kept.sum };
  return [{ place: closing.place, due: [due, id], event }];
}

/** Cuts events into runs: one belongs to the run before it while the stream's time is before its end. */
function cutRuns(group: readonly Seen[], endOf: (run: readonly Seen[]) => number): Seen[][] {
  const runs: Seen[][] = [];
  for (const seen of group) {
    const run = runs.at(-1);
    if (run && seen.now < endOf(run)) run.push(seen);
    else runs.push([seen]);
  }
  return runs;
}

function keptOf(group: readonly Seen[], expiresAt: number): Kept {
  const { key } = group[0]!.event;
  return {
    key,
    at: latest(group),
    expiresAt,
    count: group.length,
    sum: sumOf(group),
    closed: false,
  };
}

/** State is what the windows hold at the end, and no more. */
function stillKept(all: readonly (readonly [string, Kept])[], order: readonly Seen[]) {
  const end = order.at(-1)?.now ?? Number.NEGATIVE_INFINITY;
  return new Map(all.filter(([, { expiresAt }]) => expiresAt > end));
}

const latest = (group: readonly Seen[]) => Math.max(...group.map(({ event }) => event.at));
const sumOf = (group: readonly Seen[]) => group.reduce((sum, { event }) => sum + event.value, 0);

function groupBy(order: readonly Seen[], keyOf: (seen: Seen) => string): Map<string, Seen[]> {
  return Map.groupBy(order, keyOf);
}
