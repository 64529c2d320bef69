// What may come in with a request, and how an error says what may not.
import { describe, expect, it } from '@jest/globals';
import { MillraceError } from '../../schemas/errors.ts';
import { requestOf } from '../../schemas/request-border.ts';
import { wordLimits } from '../../schemas/topics/requests.ts';

const given = { requestId: 'r', userId: 'u', at: 5, k: 3, surface: 'home' };
const silent = { ...given, candidates: null, said: null, context: null };
const { texts, text, entries, name, value } = wordLimits;
const repeated = (length: number, one = 'x') => one.repeat(length);
const context = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`n${i}`, 'v']));

function refusal(input: unknown): string {
  try {
    requestOf(input);
  } catch (error) {
    expect(error).toBeInstanceOf(MillraceError);
    expect(error).toMatchObject({ code: 'request-invalid', remedy: 'skip' });
    return (error as MillraceError).why!;
  }
  return 'none';
}

describe('requestOf', () => {
  it('takes a request, and null for what was not said', () => {
    expect(requestOf(given)).toEqual(silent);
    expect(requestOf({ ...given, said: [], context: {}, candidates: ['a'] })).toEqual({
      ...silent,
      candidates: ['a'],
    });
    expect(requestOf({ ...given, said: null, context: null })).toEqual(silent);
  });

  it('takes one text or several, and a map of the moment', () => {
    const moment = { device: 'phone', 'time-of-day': 'late ' };
    expect(requestOf({ ...given, said: ' a comedy ', context: moment })).toEqual({
      ...silent,
      said: ['a comedy'],
      context: { device: 'phone', 'time-of-day': 'late' },
    });
    const most = {
      said: Array.from({ length: texts }, () => repeated(text)),
      context: { ...context(entries - 1), [repeated(name)]: repeated(value) },
    };
    expect(requestOf({ ...given, ...most })).toEqual({ ...silent, ...most });
  });

  it.each([
    [{ said: repeated(text + 1) }, 'said: a text has at most 1000 characters'],
    [{ said: Array.from({ length: texts + 1 }, () => 'x') }, 'said: at most 12 texts'],
    [{ said: [' '] }, 'said: a text is empty'],
    [{ said: [7] }, 'said: a text is wanted'],
    [{ said: { text: 'x' } }, 'said: a text or several are wanted'],
    [{ context: context(entries + 1) }, 'context: at most 8 entries'],
    [{ context: { device: repeated(value + 1) } }, 'context: a value has at most 60 characters'],
    [{ context: { device: '' } }, 'context: a value is empty'],
    [{ context: { device: 1 } }, 'context: a value is a text'],
    [{ context: { [repeated(name + 1)]: 'v' } }, 'context: a name has at most 24 letters'],
    [{ context: { 'a b': 'v' } }, 'context: a name has at most 24 letters'],
    [{ context: ['phone'] }, 'context: names with values are wanted'],
    [{ k: 0 }, 'k: a slate has one item at least'],
    [{ at: 0.5 }, 'at: a whole number is wanted'],
    [{ userId: '' }, 'userId: it is empty'],
  ])('refuses %j by name and limit', (wrong, why) => {
    expect(refusal({ ...given, ...wrong })).toContain(why);
  });

  it('says every fault once, and nothing of what was said', () => {
    const secret = 'call me on +44 20 7946 0958 ';
    const wrong = {
      said: [repeated(50, secret), repeated(50, secret)],
      context: { [secret]: 'v', device: repeated(9, secret) },
    };
    const why = refusal({ ...given, ...wrong });
    expect(why.split('\n')).toHaveLength(3);
    expect(why).not.toContain('7946');
  });
});
