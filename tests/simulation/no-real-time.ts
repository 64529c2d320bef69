// While a run goes on, the time of the machine, its timers and its chance are out of bounds: whatever reaches
// for them has no clock of its own yet, and would make a seed's run differ from the next.
import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers/promises';

type Holder = Record<string, unknown>;

const forbidden: readonly (readonly [Holder, readonly string[]])[] = [
  [
    globalThis as unknown as Holder,
    ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'],
  ],
  [Date as unknown as Holder, ['now']],
  [Math as unknown as Holder, ['random']],
  [performance as unknown as Holder, ['now']],
  [timers as unknown as Holder, ['setTimeout', 'setImmediate']],
];

/** Forbids them. @returns what allows them again */
export function forbidRealTime(): () => void {
  const own = forbidden.flatMap(([holder, names]) =>
    names.map((name) => ({ holder, name, before: Object.getOwnPropertyDescriptor(holder, name) })),
  );
  for (const { holder, name } of own) {
    const value = () => {
      throw new Error(`${name} of the machine in a simulated run: it must come from the clock.`);
    };
    Object.defineProperty(holder, name, { value, configurable: true, writable: true });
  }
  syncBuiltinESMExports();
  return () => {
    for (const { holder, name, before } of own) {
      if (before) Object.defineProperty(holder, name, before);
      else delete holder[name];
    }
    syncBuiltinESMExports();
  };
}
