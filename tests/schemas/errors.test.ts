import { describe, expect, it } from '@jest/globals';
import { codeOf, MillraceError } from '../../schemas/errors.ts';

describe('MillraceError', () => {
  it('says what, why and what to do, and carries a code', () => {
    const error = new MillraceError({ code: 'x-y', what: 'It broke.', why: 'A.', todo: 'Do B.' });
    expect(error.message).toBe('It broke.\n  A.\n  Do B.');
    expect([error.why, error.todo]).toEqual(['A.', 'Do B.']);
    expect(codeOf(error)).toBe('x-y');
    expect(error.remedy).toBe('halt');
    expect(codeOf(new TypeError('other'))).toBe('unexpected');
  });
});
