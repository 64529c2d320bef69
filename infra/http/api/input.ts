// What comes in, checked: by its shape first, then by the rules that its topic has at the border.
import type { z } from 'zod';
import { eventAhead, judgeOf, type Refusal } from '../../../schemas/border.ts';
import { MillraceError } from '../../../schemas/errors.ts';
import type { BorderLimits } from '../../../schemas/rules.ts';
import type { AnyTopic, EventOf } from '../../../schemas/topic.ts';

/** Why input cannot be used: the field, and what is wrong with it. */
export interface Problem {
  readonly code: string;
  readonly field: string;
  readonly problem: string;
}

/** Maps whose names are the client's own words, which no error repeats. */
const ownNames = new Set(['context', 'attributes']);

/** The problems of a shape, each with the path of its field. */
export function shapeProblems(code: string, { issues }: z.ZodError): Problem[] {
  return issues.map(({ path, message }) => ({ code, field: pathOf(path), problem: message }));
}

function pathOf(path: readonly PropertyKey[]): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else text += text === '' ? String(step) : `.${String(step)}`;
    if (ownNames.has(String(step))) break;
  }
  return text === '' ? 'body' : text;
}

/** Longest text about problems, characters: names of unknown fields are as long as whoever sends them likes. */
const longest = 1_000;

/** Problems as one line of an error. */
export function listed(problems: readonly Problem[]): string {
  const all = [...new Set(problems.map(({ field, problem }) => `${field}: ${problem}`))].join('; ');
  return all.length > longest ? `${all.slice(0, longest)}…` : all;
}

/** @throws MillraceError `request-invalid` that names every field */
export function parsed<B>(shape: z.ZodType<B>, input: unknown): B {
  const { data, error } = shape.safeParse(input);
  if (error) throw requestInvalid(shapeProblems('request-invalid', error));
  return data as B;
}

export function requestInvalid(problems: readonly Problem[]): MillraceError {
  return new MillraceError({
    code: 'request-invalid',
    what: 'A request cannot be used.',
    why: listed(problems),
    todo: 'Correct the fields named; /v1/openapi.json has the shape of each request.',
  });
}

export interface BorderOptions {
  /** Limits of the border that are configured. */
  readonly border: BorderLimits;
  /** Gives the latest event time that is let in now, ms. */
  readonly latest: (topic: AnyTopic) => number;
  /** Largest size of a record, bytes. */
  readonly maxRecordBytes: number;
  /** Size of an event as it would be written, bytes. */
  readonly bytesOf: (topic: AnyTopic, event: unknown) => number;
}

/** Judges an event as the streams would. @returns undefined if they would take it */
export type BorderCheck<T extends AnyTopic> = (event: EventOf<T>) => Problem | undefined;

/** The border of a topic, before a record is written. */
export function borderOf<T extends AnyTopic>(topic: T, options: BorderOptions): BorderCheck<T> {
  const judge = judgeOf(topic, options.border);
  return (event) => {
    const refusal = judge(event, topic.keyOf(event));
    if (refusal) return invalid(refusal);
    const latest = options.latest(topic);
    const at = topic.timeOf(event);
    if (at > latest) return { code: 'event-ahead', field: 'at', problem: ahead(topic, at, latest) };
    const bytes = options.bytesOf(topic, event);
    if (bytes <= options.maxRecordBytes) return undefined;
    const problem = `the event has ${bytes} bytes, and ${options.maxRecordBytes} are allowed`;
    return { code: 'record-too-large', field: 'body', problem };
  };
}

const invalid = ({ field, problem }: Refusal): Problem => ({
  ...{ code: 'event-invalid', field, problem },
});

const ahead = (topic: AnyTopic, at: number, latest: number) =>
  eventAhead(topic, at, latest).why ?? 'it is too far ahead of the clock';

/** The error for an event that its border refuses. */
export function refused(topic: AnyTopic, { code, field, problem }: Problem): MillraceError {
  return new MillraceError({
    code,
    what: `An event of ${topic.name} cannot be used.`,
    why: `${field}: ${problem}`,
    todo: `Correct it; docs/border.md has the rules of ${topic.name}.`,
  });
}
