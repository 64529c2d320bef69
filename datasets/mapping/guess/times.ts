// Guesses how the times of a field are written; what fits two ways is not guessed.
import { RefusedRow } from '../refusal.ts';
import { type TimeRule, timeReader } from '../time.ts';
import type { Reason } from './guessed.ts';

export interface GuessedTime {
  readonly rule: TimeRule;
  readonly why: Reason;
  /** Another way in which all values fit as well. */
  readonly rival?: TimeRule;
}

/** Share of the values that must fit. */
const MOST = 0.9;

/** Values that are looked at, spread over the column. */
const LOOKED_AT = 60;

/** Numbers that would be later times are none: article numbers of 13 digits, for one. */
const LATEST_GUESSED = Date.UTC(2050, 0, 1);

/** What a time may look like at all: most columns are told from times by this alone. */
const TIME = /^(?:\d{9,19}(?:\.\d+)?|\d{1,4}[-./]\d{1,2}[-./]\d{1,4}.*)$/;

const ways: readonly (readonly [rule: TimeRule, says: string, confidence: number])[] = [
  [{ unit: 's' }, 'its numbers are seconds since 1970', 0.9],
  [{ unit: 'ms' }, 'its numbers are milliseconds since 1970', 0.95],
  [{ unit: 'us' }, 'its numbers are microseconds since 1970', 0.95],
  [{ unit: 'ns' }, 'its numbers are nanoseconds since 1970', 0.95],
  [{ unit: 'iso' }, 'it is ISO 8601 with a zone', 0.95],
  [{ unit: 'iso', zone: 'UTC' }, 'it is ISO 8601 without a zone; UTC is assumed', 0.6],
];

const formats = ['/', '.', '-'].flatMap((mark) =>
  ['', ' HH:mm', ' HH:mm:ss', ' HH:mm:ss.SSS'].flatMap((clock) =>
    ['dd{}MM{}yyyy', 'MM{}dd{}yyyy', 'd{}M{}yyyy', 'M{}d{}yyyy', 'yyyy{}MM{}dd'].map(
      (day) => `${day.replaceAll('{}', mark)}${clock}`,
    ),
  ),
);

const written = formats.map((format): (typeof ways)[number] => [
  { unit: 'format', format, zone: 'UTC' },
  `it is written ${format}, without a zone; UTC is assumed`,
  0.6,
]);

/**
 * How times are written; undefined if they are none.
 * @param format how they are written, if somebody said so
 */
export function guessTime(values: readonly string[], format?: string): GuessedTime | undefined {
  const step = Math.max(1, Math.floor(values.length / LOOKED_AT));
  const some = values.filter((_, i) => i % step === 0).map((text) => text.trim());
  if (some.filter((text) => TIME.test(text)).length < MOST * some.length) return undefined;
  if (some.length === 0) return undefined;
  if (format !== undefined) {
    const rule: TimeRule = { unit: 'format', format, zone: 'UTC' };
    const because = `it is written ${format}, as you said`;
    return share(rule, some) >= MOST ? { rule, why: { confidence: 1, because } } : undefined;
  }
  const fits = [...ways, ...written].filter(([rule]) => share(rule, some) >= MOST);
  const [first, ...others] = fits;
  if (!first) return undefined;
  const [rule, because, confidence] = first;
  // Two formats that read the same moments are one; two that do not are a riddle.
  const rival = others.find(([other]) =>
    some.some((text) => read(rule, text) !== read(other, text)),
  );
  if (rule.unit === 'format' && rival) {
    return {
      rule,
      rival: rival[0],
      why: { confidence, because: `${because}; ${rival[0].format} fits as well` },
    };
  }
  return { rule, why: { confidence, because } };
}

/** Share of the values that fit; 0 as soon as too many do not. */
function share(rule: TimeRule, values: readonly string[]): number {
  let misses = 0;
  for (const text of values) {
    if (read(rule, text) === undefined) misses += 1;
    if (misses > (1 - MOST) * values.length) return 0;
  }
  return 1 - misses / values.length;
}

const readers = new Map<TimeRule, ReturnType<typeof timeReader>>();

function read(rule: TimeRule, text: string): number | undefined {
  let reader = readers.get(rule);
  if (!reader) {
    reader = timeReader(rule);
    readers.set(rule, reader);
  }
  try {
    const at = reader(text, '');
    return at < LATEST_GUESSED ? at : undefined;
  } catch (error) {
    if (error instanceof RefusedRow) return undefined;
    throw error;
  }
}
