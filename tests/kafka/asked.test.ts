// Events that are asked about, in one task: their place among what was fetched, their deadlines, and what
// becomes of them when a transaction fails.
import { expect, it } from '@jest/globals';
import { systemClock } from '../../infra/kafka/clock.ts';
import { Asked, steppedBy } from '../../infra/kafka/task/asked.ts';
import { BatchWriter, type RecordHeader } from '../../infra/kafka/wire/batch-writer.ts';
import { codeOf } from '../../schemas/errors.ts';
import { type Click, clicks } from '../../schemas/topics/clicks.ts';
import { on, type Stage } from '../../streams/engine/stage.ts';
import { clickOf } from '../support/events.ts';
import { codecOf, nothing, recordsOf, runnerOf } from '../support/task-runner.ts';

const clickAt = (at: number, itemId = 'x') => clickOf(`c${at}`, 'i', 'u', itemId, at);

/** A task that notes which clicks it stepped, in their order, and whose commits the test ends. */
function openTask() {
  const stepped: number[] = [];
  const commits: PromiseWithResolvers<void>[] = [];
  const outcomes: string[] = [];
  const stage: Stage = {
    name: 'noting',
    doc: '',
    steps: [],
    inputs: [clicks],
    outputs: [],
    stores: [],
    commitEveryMs: 1,
    flushOn: [],
    tables: [],
    create: () => ({
      handlers: [
        on(clicks, ({ at, itemId }, context) => {
          if (itemId === 'poison') throw new Error('poison');
          stepped.push(at);
          context.reply(`stepped ${at}`);
        }),
      ],
    }),
  };
  const runner = runnerOf({
    stage,
    groupId: 'group',
    async commit() {
      const commit = Promise.withResolvers<void>();
      commits.push(commit);
      await commit.promise;
      return new Map();
    },
  });
  const ended = runner.run();
  ended.catch(() => {});
  const ask = (click: Click, withinMs?: number) => {
    const asked = new Asked(clicks, click, (outcome) => outcomes.push(outcome));
    if (withinMs !== undefined) asked.within(withinMs, systemClock);
    runner.ask(asked);
    return asked.answer;
  };
  return { runner, ask, stepped, commits, outcomes, ended };
}

/** Clicks at these times, as a broker gives them. */
function fetched(times: readonly number[], current = true, from = 0, header?: RecordHeader) {
  const writer = new BatchWriter();
  for (const at of times) {
    writer.append(
      Buffer.from('u'),
      at,
      codecOf(clicks).encode(clickAt(at)),
      header ? [header] : [],
    );
  }
  const { records, next } = recordsOf(writer, from);
  return { records, next, atEnd: current, current };
}
const turn = () => new Promise((resolve) => setTimeout(resolve, 20));

async function endAll(commits: readonly PromiseWithResolvers<void>[]): Promise<void> {
  for (let i = 0; i < 3; i++) {
    await turn();
    for (const commit of commits) commit.resolve();
  }
}

it('takes its place by its time among what was fetched, once all that there is was', async () => {
  const { runner, ask, stepped, commits, ended } = openTask();
  const answer = ask(clickAt(25));
  await turn();
  expect(stepped).toEqual([]); // nobody knows yet what lies before it
  runner.offer(0, fetched([10, 20], false), 0);
  await turn();
  runner.offer(0, fetched([30], true, 2), 1);
  await turn();
  commits[0]?.resolve();
  await turn();
  expect(stepped).toEqual([10, 20, 25, 30]);
  for (const commit of commits) commit.resolve();
  expect(await answer).toEqual({ reply: 'stepped 25', durable: true });
  runner.close();
  await endAll(commits);
  await ended;
});

it('is passed over when it is read back, and by no other group', async () => {
  const { runner, stepped } = openTask();
  runner.offer(0, fetched([10], true, 0, steppedBy('group')), 0);
  runner.offer(0, fetched([20], true, 1, steppedBy('another group')), 1);
  await turn();
  expect(stepped).toEqual([20]);
});

it('is withdrawn at its deadline if it was not stepped, and nothing comes of it', async () => {
  const { runner, ask, stepped, outcomes } = openTask();
  expect(await ask(clickAt(1), 5).catch(codeOf)).toBe('ask-late');
  runner.offer(0, nothing, 0);
  await turn();
  expect([stepped, outcomes]).toEqual([[], ['withdrawn']]);
  expect(runner.idle).toBe(true);
});

it('is answered at its deadline if its transaction is under way, and is lost if that fails', async () => {
  const { runner, ask, commits, outcomes, ended } = openTask();
  runner.offer(0, nothing, 0);
  const early = await ask(clickAt(1), 30);
  expect(early).toEqual({ reply: 'stepped 1', durable: false });
  const behind = ask(clickAt(2));
  await turn();
  commits[0]!.reject(new Error('no broker'));
  expect(await behind.catch(codeOf)).toBe('ask-interrupted');
  await expect(ended).rejects.toThrow('no broker');
  expect(outcomes).toEqual(['early', 'lost', 'refused']);
  expect(await ask(clickAt(3)).catch(codeOf)).toBe('ask-interrupted');
});

it('goes alone to whoever asked if the step throws; the others are stepped again and stand', async () => {
  const { runner, ask, commits } = openTask();
  runner.offer(0, nothing, 0);
  const [good, bad, better] = [ask(clickAt(1)), ask(clickAt(2, 'poison')), ask(clickAt(3))];
  await expect(bad).rejects.toThrow('poison');
  await endAll(commits);
  expect((await good).reply).toBe('stepped 1');
  expect((await better).reply).toBe('stepped 3');
});
