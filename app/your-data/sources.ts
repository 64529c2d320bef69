// The sources of a configuration that are files, each with its files and their rows.
import { wantColumns } from '../../datasets/mapping/columns.ts';
import type { Source } from '../../datasets/mapping/shape.ts';
import type { SourceRow } from '../../datasets/mapping/source-rows.ts';
import { filesOf, nameOf, rowsOf } from '../../infra/import/files.ts';
import { MillraceError } from '../../schemas/errors.ts';
import type { Config } from '../config/read.ts';

/** A file of a source. */
export interface SourceFile {
  readonly source: Source;
  readonly path: string;
  readonly name: string;
}

/**
 * The files of the sources, in the order of the configuration.
 * @param only name of the one source that is wanted
 * @throws MillraceError `source-missing`, `dataset-file-missing`
 */
export function sourceFiles({ sources }: Pick<Config, 'sources'>, only?: string): SourceFile[] {
  const files = sources.filter(({ from }) => from !== undefined) as Source[];
  const wanted = files.filter(({ name }) => only === undefined || name === only);
  if (wanted.length === 0) throw noSource(files, only);
  return wanted.flatMap((source) =>
    filesOf(source).map((path) => ({ source, path, name: nameOf(path) })),
  );
}

/** Rows of a file. @throws MillraceError `dataset-column-missing`, `dataset-file-unreadable` */
export function rowsOfFile({ source, path, name }: SourceFile): AsyncIterable<SourceRow[]> {
  return rowsOf(path, source, (columns) => wantColumns(source, columns, name));
}

function noSource(files: readonly Source[], only: string | undefined): MillraceError {
  return new MillraceError({
    code: 'source-missing',
    what:
      only === undefined
        ? 'No source with files is configured.'
        : `There is no source ${only} with files.`,
    why:
      files.length > 0
        ? `There are ${files.map(({ name }) => name).join(', ')}.`
        : '`sources` of millrace.yaml names no `from`.',
    todo: 'Let `millrace init --from <folder or file>` write one, or write it by docs/your-data.md.',
  });
}
