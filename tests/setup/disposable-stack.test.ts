// The stack that Node 22 gets does what the one of Node 24 does.
import { describe, expect, it } from '@jest/globals';
import { AsyncStack } from '../../streams/engine/disposable-stack.ts';

describe.each([
  ['ours', AsyncStack],
  ['of Node', AsyncDisposableStack],
] as const)('the stack %s', (_, Stack) => {
  const resource = (name: string, log: string[], fails = false) => ({
    async [Symbol.asyncDispose]() {
      await Promise.resolve();
      log.push(name);
      if (fails) throw new Error(name);
    },
  });

  it('closes what it has from the last to the first, once', async () => {
    const log: string[] = [];
    const stack = new Stack();
    const first = resource('first', log);
    expect(stack.use(first)).toBe(first);
    stack.use(null);
    stack.use({ [Symbol.dispose]: () => void log.push('second') });
    stack.defer(async () => void log.push('third'));
    expect(stack.adopt(4, (value) => void log.push(`of ${value}`))).toBe(4);
    await stack.disposeAsync();
    await stack[Symbol.asyncDispose]();
    expect(log).toEqual(['of 4', 'third', 'second', 'first']);
    expect(stack.disposed).toBe(true);
    expect(() => stack.defer(() => {})).toThrow(ReferenceError);
  });

  it('moves what it has to another one', async () => {
    const log: string[] = [];
    const stack = new Stack();
    stack.use(resource('a', log));
    const next = stack.move();
    await stack.disposeAsync();
    expect(log).toEqual([]);
    await next.disposeAsync();
    expect(log).toEqual(['a']);
  });

  it('closes all whatever fails, and throws the last error with those before', async () => {
    const log: string[] = [];
    const stack = new Stack();
    for (const name of ['a', 'b', 'c']) stack.use(resource(name, log, name !== 'b'));
    const error = await stack.disposeAsync().catch((thrown: unknown) => thrown);
    expect(log).toEqual(['c', 'b', 'a']);
    expect(error).toMatchObject({
      name: 'SuppressedError',
      error: { message: 'a' },
      suppressed: { message: 'c' },
    });
  });
});
