// What several sources tell of each other, and which texts are no kinds of event.
import { describe, expect, it } from '@jest/globals';
import { guessSources } from '../../../datasets/mapping/guess/guess.ts';
import type { GuessedSource } from '../../../datasets/mapping/guess/guessed.ts';
import { verbOf } from '../../../datasets/mapping/guess/words.ts';
import type { Row } from '../../../datasets/mapping/row.ts';

const many = (count: number, make: (i: number) => Row): Row[] =>
  Array.from({ length: count }, (_, i) => make(i));
const start = 1_764_000_000_000;
const kindsOf = ({ rows }: GuessedSource) => rows.map(({ is }) => is);

describe('a guess', () => {
  it('feedback beside what was shown is not said to be alone', () => {
    const row = (i: number) => ({
      user: `u${i % 30}`,
      product: `p${i % 40}`,
      at: start + i * 1000,
    });
    const views = { name: 'views', rows: many(300, row) };
    const orders = { name: 'orders', rows: many(100, row) };
    const notes = (of: GuessedSource | undefined) => of!.notes.join();
    const [, beside] = guessSources([views, orders]);
    expect(notes(beside)).toContain('What was shown is in views');
    expect(notes(guessSources([orders])[0])).toContain('Nothing says what was shown');
  });

  it('ids such as visitor-3 and order-17 are no kinds of event', () => {
    const visits = {
      name: 'visits',
      rows: many(300, (i) => ({
        visitor: `visitor-${i % 30}`,
        sku: `s${i % 40}`,
        seen_at: new Date(start + i * 1000).toISOString(),
      })),
    };
    const [guessed] = guessSources([visits]);
    expect(kindsOf(guessed!)).toEqual(['impression']);
    const orders = {
      name: 'orders',
      rows: visits.rows.map((row, i) => ({ ...row, ref: `order-${i % 40}` })),
    };
    expect(kindsOf(guessSources([orders])[0]!)).toEqual(['buy']);
    expect(['visitor', 'viewer', 'player', 'buyer'].map(verbOf)).toEqual(Array(4).fill(undefined));
  });
});
