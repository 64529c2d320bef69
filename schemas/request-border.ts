// Checks a request where it comes in: its fields, and the length of what a user says. Errors name
// the field and the limit, never the words.
import { z } from 'zod';
import { judgeOf } from './border.ts';
import { MillraceError } from './errors.ts';
import { contextName, type Request, requests, wordLimits } from './topics/requests.ts';

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
    z.string().max(name).regex(contextName),
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

/** @throws MillraceError `request-invalid`, naming every field that cannot be used */
export function requestOf(input: unknown): Request {
  const parsed = shape.safeParse(input);
  if (!parsed.success) throw invalid(problemsOf(parsed.error));
  const { candidates = null, ...rest } = parsed.data;
  const request = { ...rest, candidates, ...present(parsed.data) };
  const refusal = judge(request, request.userId);
  if (refusal) throw invalid([`${refusal.field}: ${refusal.problem}`]);
  return request;
}

/** The rules that a record of the topic must pass, too. */
const judge = judgeOf(requests);

function present({ said, context }: z.output<typeof shape>): Pick<Request, 'said' | 'context'> {
  return {
    said: said && said.length > 0 ? said : null,
    context: context && Object.keys(context).length > 0 ? context : null,
  };
}

function problemsOf(error: z.ZodError): string[] {
  // Only the first step of a path: further ones may be names that the user chose.
  return error.issues.map(({ path: [field], message }) =>
    field === undefined ? message : `${String(field)}: ${message}`,
  );
}

function invalid(problems: readonly string[]): MillraceError {
  return new MillraceError({
    code: 'request-invalid',
    what: 'A request cannot be used.',
    why: [...new Set(problems)].join('\n  '),
    todo: 'Correct it; docs/border.md has the limits of requests.',
    remedy: 'skip',
  });
}
