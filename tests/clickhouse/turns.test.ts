// Few run, some wait, the rest are turned away.
import { expect, it } from '@jest/globals';
import { takeTurns } from '../../infra/http/sql/turns.ts';

it('one runs, one waits, the third is refused as ClickHouse refuses', async () => {
  const turns = takeTurns(1, 1);
  const first = Promise.withResolvers<string>();
  const seen: string[] = [];
  const running = turns(() => first.promise);
  const waiting = turns(async () => {
    seen.push('second ran');
    return 'second';
  });
  await expect(turns(async () => 'third')).rejects.toThrow(
    /^Code: 202\. DB::Exception: .*\(TOO_MANY_SIMULTANEOUS_QUERIES\)/,
  );
  expect(seen).toEqual([]);
  first.resolve('first');
  expect(await Promise.all([running, waiting])).toEqual(['first', 'second']);
  expect(await turns(async () => 'fourth')).toBe('fourth');
});

it('a failure gives its place to the next', async () => {
  const turns = takeTurns(1, 1);
  const failing = turns(() => Promise.reject(new RangeError('no')));
  const next = turns(async () => 'next');
  await expect(failing).rejects.toThrow('no');
  expect(await next).toBe('next');
});
