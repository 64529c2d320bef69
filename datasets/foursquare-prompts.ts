// Questions for the next place: `test_id.json` of the check-ins of New York, each with the visits before it.
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { MillraceError } from '../schemas/errors.ts';
import { BadField } from './fields.ts';
import { needFile } from './files.ts';
import { localTime } from './foursquare-rows.ts';

export interface Visit {
  readonly itemId: string;
  /** Local time as if it were UTC, ms. */
  readonly at: number;
}

export interface VisitQuestion {
  readonly userId: string;
  /** Visits that the question names, oldest first. */
  readonly visits: readonly Visit[];
  /** Local time that is asked about, as if it were UTC, ms. */
  readonly at: number;
  /** The place visited then. */
  readonly target: string;
}

const USER = /^User_(\d+) visited: /;
const VISIT = /<(\d+)> at (\d{4}-\d{2}-\d{2} \d{2}:\d{2})/g;
const ASKED = / When (\d{4}-\d{2}-\d{2} \d{2}:\d{2}) user_\d+ is likely to visit:/;
const ANSWER = /^<(\d+)>$/;

/**
 * Reads all questions.
 * @throws MillraceError `dataset-file-missing`, `dataset-file-unreadable`
 */
export async function readQuestions(folder: string): Promise<VisitQuestion[]> {
  const path = await needFile('foursquare-nyc', folder, ['test_id.json']);
  let number = 0;
  try {
    const questions = JSON.parse(await readFile(path, 'utf8')) as unknown[];
    return questions.map((question) => {
      number += 1;
      return questionOf(question as Record<string, unknown>);
    });
  } catch (cause) {
    throw new MillraceError({
      code: 'dataset-file-unreadable',
      what: `${basename(path)} cannot be read.`,
      why: `Question ${number}: ${cause instanceof Error ? cause.message : String(cause)}.`,
      todo: 'Give the file as it comes: a list of objects with "input" and "output".',
      cause,
    });
  }
}

function questionOf({ input, output }: Record<string, unknown>): VisitQuestion {
  const text = typeof input === 'string' ? input : '';
  const userId = USER.exec(text)?.[1];
  const asked = ASKED.exec(text)?.[1];
  const target = typeof output === 'string' ? ANSWER.exec(output.trim())?.[1] : undefined;
  if (userId === undefined) throw new BadField('its input does not begin with "User_… visited:"');
  if (asked === undefined) throw new BadField('its input does not end with "When … user_…"');
  if (target === undefined) throw new BadField('its output is not like "<123>"');
  const visits = [...text.matchAll(VISIT)].map(([, itemId = '', time = '']) => ({
    itemId,
    at: localTime(time),
  }));
  return { userId, visits, at: localTime(asked), target };
}
