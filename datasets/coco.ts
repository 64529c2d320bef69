// COCO: courses of an online platform with a knowledge graph. Dessi et al. 2018.

import { readCourses } from './coco-graph.ts';
import type { RowDataset } from './dataset.ts';
import { BadField, idField, secondsField } from './fields.ts';
import { needFile } from './files.ts';
import { type LogRow, logRows } from './log-row.ts';
import { checkLog, type LogFormat, openLog, openRows } from './open-log.ts';
import { type Read, readable, readRows } from './rows.ts';
import { SingleSteps } from './single-steps.ts';

/** Files of the log: what is learned, then what is judged by. */
export const COCO_FILES = ['valid.txt', 'test.txt'] as const;

/** Rows of some of its files, in the order of the files. Throws as `Dataset.open`. */
export async function* readEnrolments(
  folder: string,
  files: readonly (typeof COCO_FILES)[number][] = COCO_FILES,
): AsyncGenerator<Read<LogRow>[]> {
  for (const name of files) {
    const path = await needFile('coco', folder, [name]);
    const csv = { columns: ['user', 'course', 'taken', 'time'], header: false } as const;
    yield* readRows(
      path,
      { ...csv, separator: '\t' },
      ([user = '', course = '', taken = '', time = ''], line): LogRow => {
        if (taken !== '1') throw new BadField(`taken ${JSON.stringify(taken)} is not 1`);
        return {
          at: secondsField('time', time),
          userId: idField('user', user),
          itemId: idField('course', course),
          code: 0,
          value: 1,
          line,
        };
      },
    );
  }
}

const format: LogFormat = {
  dataset: 'coco',
  reads: (folder) => readEnrolments(folder),
  sorting: logRows,
  catalogue: readCourses,
  // Course and enrolment are one row, so the delay is 0; a window needs some length all the same.
  attributionWindowMs: 1000,
  stepper: () =>
    new SingleSteps({
      dataset: 'coco',
      feedback: () => [{ kind: 'click', positive: true, value: 1 }],
    }),
};

export const coco: RowDataset = {
  name: 'coco',
  doc: `COCO (Dessi et al. 2018), valid.txt and test.txt: user, course, 1, seconds. A taken course is an impression of
one, and a click on it worth 1. Rows of a user less than 30 minutes apart form a session. Categories,
level, language and audience of the knowledge graph are a course's groups, its concepts are its text.
The platform's policy is unknown; propensities are estimated from the popularity before the course.`,
  attributionWindowMs: format.attributionWindowMs,
  items: (folder) => readable(readCourses(folder)),
  check: (folder) => checkLog(format, folder),
  open: (folder, options) => openLog(format, folder, options),
  openRows: (folder, options) => openRows(format, folder, options),
};
