import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Context, on, type Stage } from '../../streams/engine/stage.ts';
import { tablesOf } from '../../streams/engine/table.ts';
import { type Output, Task } from '../../streams/engine/task.ts';
import { topologyOf } from './model/operators.ts';
import { type Plan, plan } from './model/plan.ts';

/** A stage of which a step throws instead of emitting, where `bomb` says so. */
function throwing(stage: Stage, bomb: () => boolean): Stage {
  const around = (context: Context): Context => ({
    partition: context.partition,
    streamTime: context.streamTime,
    elapsed: () => context.elapsed(),
    reply: (answer) => context.reply(answer),
    trace: context.trace,
    forget: (topic, key) => context.forget(topic, key),
    store: (def) => context.store(def),
    emit: (topic, event) => {
      if (bomb()) throw new Error('bomb');
      context.emit(topic, event);
    },
  });
  return {
    ...stage,
    create: (tables) => {
      const logic = stage.create(tables);
      return {
        advance: (context) => logic.advance?.(around(context)),
        handlers: logic.handlers.map(({ topic, handle }) =>
          on(topic, (event, context, record) => handle(event, around(context), record)),
        ),
      };
    },
  };
}

/** Feeds the first stage of a plan; what a step threw on is taken back and stepped again. */
function fed({ batches, commitEvery, stages }: Plan, bombs: readonly boolean[]) {
  const { topology } = topologyOf({ batches, stages });
  let asked = 0;
  const stage = throwing(topology.stages[0]!, () => bombs[asked++] ?? false);
  const task = new Task(stage, 0, tablesOf([stage]));
  const outputs: Output[] = [];
  let open: (() => void)[] = [];
  // While one transaction is open, the one before it is on its way.
  const seal = () => {
    task.commit();
    outputs.push(...task.seal().outputs);
    open = [];
  };
  for (const [offset, { topic, event }] of batches.flat().entries()) {
    if (!stage.inputs.some(({ name }) => name === topic)) continue;
    open.push(() => task.process(event, event.at, { topic, partition: 0, offset }));
    for (let todo = open.slice(-1); todo.length > 0; ) {
      try {
        for (const step of todo) step();
        todo = [];
      } catch {
        task.rollback();
        todo = open;
      }
    }
    if (open.length >= commitEvery) seal();
  }
  seal();
  task.commit();
  const stores = stage.stores.map((store) => new Map(task.stateOf(store).entries()));
  return { outputs: outputs.map(({ event }) => event), stores };
}

describe('a task', () => {
  it('is, after a step that threw halfway was taken back, as if it had not been tried', () => {
    const bombs = fc.array(fc.constantFrom(false, false, false, true), {
      maxLength: 60,
      size: 'max',
    });
    fc.assert(
      fc.property(plan, bombs, (drawn, when) => {
        expect(fed(drawn, when)).toEqual(fed(drawn, []));
      }),
    );
  });
});
