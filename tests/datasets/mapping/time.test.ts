// Times are read by the unit, format and zone that a mapping names, and nothing is guessed.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { RefusedRow } from '../../../datasets/mapping/refusal.ts';
import type { RowValue } from '../../../datasets/mapping/row.ts';
import { type TimeRule, timeReader } from '../../../datasets/mapping/time.ts';

function read(rule: TimeRule, value: RowValue): number | string {
  try {
    return timeReader(rule)(value, 't');
  } catch (error) {
    if (error instanceof RefusedRow) return error.refusal.what;
    throw error;
  }
}
const utc = Date.UTC;

describe('times since 1970', () => {
  const at = utc(2025, 10, 30, 10, 0, 0, 123);

  it('come in four units, as numbers or texts, with fractions cut to whole ms', () => {
    expect(read({ unit: 's' }, '1764496800.1239')).toBe(at);
    expect(read({ unit: 's' }, 1764496800)).toBe(at - 123);
    expect(read({ unit: 'ms' }, 1764496800123)).toBe(at);
    expect(read({ unit: 'us' }, 1764496800123999)).toBe(at);
    expect(read({ unit: 'ns' }, '1764496800123999999')).toBe(at);
    expect(read({ unit: 'ns' }, 1764496800123999999n)).toBe(at);
  });

  it('are refused in another unit, which is named', () => {
    expect(read({ unit: 's' }, 1764496800123)).toBe(
      '"1764496800123" lies after 2298, read in s; in ms it is 2025-11-30',
    );
    expect(read({ unit: 'ms' }, '1764496800')).toBe(
      '"1764496800" lies before 1995, read in ms; in s it is 2025-11-30',
    );
  });

  it('never fit two units', () => {
    const units = ['s', 'ms', 'us', 'ns'] as const;
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 19n - 1n }), (count) => {
        const fits = units.filter((unit) => typeof read({ unit }, count) === 'number');
        return fits.length <= 1;
      }),
    );
  });

  it('are refused where digits are lost, or nothing is a number', () => {
    expect(read({ unit: 's' }, '1.7644968e9')).toMatch(/has an exponent, so digits of it are lost/);
    expect(read({ unit: 'ns' }, 1.764496800124e18)).toMatch(/was rounded before it came here/);
    expect(read({ unit: 's' }, 'yesterday')).toMatch(/is no number of s since 1970/);
    expect(read({ unit: 's' }, '-5')).toMatch(/is no number/);
    expect(read({ unit: 's' }, true)).toMatch(/neither a text nor a number/);
  });
});

describe('ISO 8601', () => {
  it('says its zone, or takes that of the mapping', () => {
    const at = utc(2025, 10, 30, 10, 0, 0);
    expect(read({ unit: 'iso' }, '2025-11-30T10:00:00Z')).toBe(at);
    expect(read({ unit: 'iso' }, '2025-11-30 11:00:00.000+01:00')).toBe(at);
    expect(read({ unit: 'iso' }, '2025-11-30T05:00-0500')).toBe(at);
    expect(read({ unit: 'iso' }, '2025-11-30 10:00:00 UTC')).toBe(at);
    expect(read({ unit: 'iso', zone: '+02:00' }, '2025-11-30T12:00:00')).toBe(at);
    expect(read({ unit: 'iso', zone: '+02:00' }, '2025-11-30T10:00:00Z')).toBe(at);
    expect(read({ unit: 'iso', zone: 'UTC' }, '2025-11-30')).toBe(utc(2025, 10, 30));
    expect(read({ unit: 'iso' }, '2025-11-30T10:00:00')).toMatch(/names no zone, and the mapping/);
  });

  it('refuses days and hours that no calendar has', () => {
    for (const text of ['2025-02-29T10:00Z', '2025-13-01T10:00Z', '2025-11-30T24:00Z']) {
      expect(read({ unit: 'iso' }, text)).toMatch(/is in no calendar/);
    }
    expect(read({ unit: 'iso' }, '1950-01-01T00:00Z')).toMatch(/lies before 1995/);
  });

  it('knows the clocks of a zone: skipped hours are refused, of two the first is meant', () => {
    const berlin = { unit: 'iso', zone: 'Europe/Berlin' } as const;
    expect(read(berlin, '2025-01-15T12:00:00.5')).toBe(utc(2025, 0, 15, 11, 0, 0, 500));
    expect(read(berlin, '2025-07-15T12:00:00')).toBe(utc(2025, 6, 15, 10));
    expect(read(berlin, '2025-03-30T02:30:00')).toMatch(/is skipped by the clocks/);
    expect(read(berlin, '2025-10-26T02:30:00')).toBe(utc(2025, 9, 26, 0, 30));
    expect(read(berlin, '2025-10-26T03:00:00')).toBe(utc(2025, 9, 26, 2));
    const lordHowe = { unit: 'iso', zone: 'Australia/Lord_Howe' } as const;
    expect(read(lordHowe, '2025-01-15T12:00:00')).toBe(utc(2025, 0, 15, 1));
  });
});

describe('a format', () => {
  const by = (format: string, zone?: string): TimeRule => ({ unit: 'format', format, zone });

  it('reads days before months where it says so, names of months, halves of days', () => {
    expect(read(by('dd/MM/yyyy HH:mm', 'UTC'), '11/12/2019 08:05')).toBe(utc(2019, 11, 11, 8, 5));
    expect(read(by('M/d/yyyy h:mm a', 'UTC'), '11/2/2019 12:05 am')).toBe(utc(2019, 10, 2, 0, 5));
    expect(read(by('d MMM yyyy', '-05:00'), '3 Feb 2020')).toBe(utc(2020, 1, 3, 5));
    expect(read(by("yyyyMMdd'T'HHmmssXXX"), '20200203T040506+01:00')).toBe(
      utc(2020, 1, 3, 3, 5, 6),
    );
  });

  it('refuses what is written in another way', () => {
    expect(read(by('dd/MM/yyyy', 'UTC'), '11/15/2019')).toMatch(/is in no calendar/);
    expect(read(by('dd/MM/yyyy', 'UTC'), '2019-11-15')).toMatch(/is not written as the mapping/);
    expect(read(by('h:mm a d M yyyy', 'UTC'), '13:00 pm 1 1 2020')).toMatch(/not written as/);
  });
});
