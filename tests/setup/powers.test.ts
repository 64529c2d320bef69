import { describe, expect, it } from '@jest/globals';

const { powersIn } = await import(new URL('../../infra/setup/powers.mjs', import.meta.url).href);

const linesOf = (text: string) =>
  powersIn('a.ts', text).map((fault: string) => Number(/^a\.ts:(\d+) /.exec(fault)![1]));

describe('the check of powers', () => {
  it('finds each way to raise to a power but our own', () => {
    expect(linesOf('a = 2 ** b;\nb **= 3;\nMath.pow(a, b);')).toEqual([1, 2, 3]);
    expect(linesOf('const { abs, pow } = Math;\nconst { pow: raise } = Math;')).toEqual([1, 2]);
  });

  it('does not find what looks like it', () => {
    const others = '/** a ** b */\nconst t = "2 ** 3"; // ** \nconst r = /a**/;\npower(2, 3);';
    expect(linesOf(others)).toEqual([]);
    expect(linesOf('const { pow } = tables; const m = other.pow(2);')).toEqual([]);
  });
});
