// Checks a request where it comes in: its fields, and the length of what a user says. Errors name
// the field and the limit, never the words.
import { z } from 'zod';
import { MillraceError } from './errors.ts';
import type { Request } from './topics/requests.ts';

/** Limits on what a user says with a request; characters are UTF-16 units. */
export const wordLimits = Object.freeze({
  /** `texts` in `said`, each of at most `text` characters. */
  texts: 12,
  text: 1_000,
  /**
   * `entries` in `context`, each with a name of at most `name` and a value of at most `value`
   * characters.
   */
  entries: 8,
  name: 24,
  value: 60,
});

const { texts, text, entries, name, value } = wordLimits;

const said = z.preprocess(
  (given) => (typeof given === 'string' ? [given] : given),
  z
    .array(
      z
        .string('a text is wanted')
        .trim()
        .min(1, 'a text is empty')
        .max(text, `a text has at most ${text} characters`),
      'a text or several are wanted',
    )
    .max(texts, `at most ${texts} texts`)
    .nullish(),
);

const context = z
  .record(
    z
      .string()
      .max(name)
      .regex(/^[A-Za-z][A-Za-z0-9_-]*$/),
    z
      .string('a value is a text')
      .trim()
      .min(1, 'a value is empty')
      .max(value, `a value has at most ${value} characters`),
    {
      error: ({ code }) =>
        code === 'invalid_key'
          ? `a name has at most ${name} letters, digits, dashes and underscores, a letter first`
          : 'names with values are wanted',
    },
  )
  .refine((map) => Object.keys(map).length <= entries, `at most ${entries} entries`)
  .nullish();

const words = z.object({ said, context });

const id = z.string('a text is wanted').min(1, 'it is empty');
const whole = 'a whole number is wanted';

const shape = z.strictObject({
  requestId: id,
  userId: id,
  at: z.int(whole).min(0, 'a moment is milliseconds since 1970'),
  k: z.int(whole).min(1, 'a slate has one item at least'),
  surface: z.string('a text is wanted').default(''),
  candidates: z.array(id, 'ids of items are wanted').nullish(),
  said,
  context,
});

/**
 * A request as a client may give it: fields may be absent, and one text stands for a list of one.
 */
export type RequestInput = z.input<typeof shape>;

/** What a user says with a request, and the context of it; each is null if there is none. */
export type Words = Pick<Request, 'said' | 'context'>;

/** @throws MillraceError `request-invalid`, naming every field that cannot be used */
export function requestOf(input: unknown): Request {
  const parsed = shape.safeParse(input);
  if (!parsed.success) throw invalid(parsed.error);
  const { candidates = null, ...rest } = parsed.data;
  return { ...rest, candidates, ...present(parsed.data) };
}

/**
 * The words of a request that came into the topic without passing `requestOf`.
 * @returns undefined if they are beyond the limits
 */
export function wordsOf({ said, context }: Words): Words | undefined {
  const parsed = words.safeParse({ said, context });
  return parsed.success ? present(parsed.data) : undefined;
}

function present({ said, context }: z.output<typeof words>): Words {
  return {
    said: said && said.length > 0 ? said : null,
    context: context && Object.keys(context).length > 0 ? context : null,
  };
}

function invalid(error: z.ZodError): MillraceError {
  // Only the first step of a path: further ones may be names that the user chose.
  const problems = error.issues.map(({ path: [field], message }) =>
    field === undefined ? message : `${String(field)}: ${message}`,
  );
  return new MillraceError({
    code: 'request-invalid',
    what: 'A request cannot be used.',
    why: [...new Set(problems)].join('\n  '),
    todo: 'Correct it; schemas/request-border.ts has the limits.',
    remedy: 'skip',
  });
}
