// A naive store, whole copies of plain maps, beside a layered one that is told the same.
import { expect } from '@jest/globals';
import fc from 'fast-check';
import { type Backing, LayeredStore } from '../../streams/engine/store.ts';
import { contentOf, type Note, note } from './support.ts';

type Command =
  | { readonly do: 'put'; readonly key: string; readonly text: string; readonly due: number }
  | { readonly do: 'delete'; readonly key: string }
  | { readonly do: 'expire'; readonly time: number }
  | { readonly do: 'seal' | 'commit' | 'rollback' | 'abort' | 'reopen' };

export function commands(keys: fc.Arbitrary<string>): fc.Arbitrary<Command[]> {
  const command: fc.Arbitrary<Command> = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constant('put' as const),
        key: keys,
        text: fc.string({ maxLength: 20 }),
        due: fc.nat(20),
      }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('delete' as const), key: keys }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('expire' as const), time: fc.nat(20) }) },
    ...(['seal', 'commit', 'rollback', 'abort', 'reopen'] as const).map((what) => ({
      weight: 1,
      arbitrary: fc.record({ do: fc.constant(what) }),
    })),
  );
  return fc.array(command, { maxLength: 60 });
}

type Content = Map<string, Note>;

export function agreesWithModel(script: readonly Command[], place: Place): void {
  const expiresAt = ({ due }: Note) => due;
  let backing = place.open();
  let store = new LayeredStore(backing, expiresAt);
  let committed: Content = new Map();
  let sealed: Content | undefined;
  let open: Content = new Map();
  let next = 0;

  for (const command of script) {
    switch (command.do) {
      case 'put': {
        const value = note(command.key, command.text, command.due);
        store.put(command.key, value);
        open.set(command.key, value);
        break;
      }
      case 'delete':
        store.delete(command.key);
        open.delete(command.key);
        break;
      case 'expire': {
        const due = [...open.entries()]
          .filter(([, value]) => value.due <= command.time)
          .sort(([a, x], [b, y]) => x.due - y.due || (a < b ? -1 : 1));
        const fired: [string, Note][] = [];
        for (const entry of store.expire(command.time)) {
          fired.push(entry);
          store.delete(entry[0]);
        }
        expect(fired).toEqual(due);
        for (const [key] of due) open.delete(key);
        break;
      }
      case 'seal':
        if (sealed) break;
        store.seal();
        sealed = new Map(open);
        break;
      case 'commit':
        if (!sealed) break;
        store.commit(++next);
        committed = sealed;
        sealed = undefined;
        break;
      case 'rollback':
        store.rollback();
        open = new Map(sealed ?? committed);
        break;
      case 'abort':
        store.abort();
        sealed = undefined;
        open = new Map(committed);
        break;
      case 'reopen':
        if (!place.reopens) break;
        backing.close();
        backing = place.open();
        expect(backing.checkpoint).toBe(next);
        store = new LayeredStore(backing, expiresAt);
        sealed = undefined;
        open = new Map(committed);
        break;
    }
    expect(contentOf(store)).toEqual(open);
    expect(contentOf(backing)).toEqual(committed);
    expect([store.size, backing.size]).toEqual([open.size, committed.size]);
  }
  backing.close();
}

export interface Place extends Disposable {
  open(): Backing<Note>;
  /** Closes it and opens it again, where the content is kept. */
  readonly reopens: boolean;
}
