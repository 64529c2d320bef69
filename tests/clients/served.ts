// An endpoint over the films of the shipped MovieLens, with every table and view.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { openClickHouse } from '../../infra/clickhouse/open.ts';
import { createViews } from '../../infra/clickhouse/views.ts';
import { type SqlServer, serveSql } from '../../infra/http/sql/server.ts';
import { impression, insert, item, reward } from '../clickhouse/rows.ts';

export interface Served extends AsyncDisposable {
  url: string;
  /** Number of films. */
  titles: number;
}

const movies = new URL('../../data/movielens-small/movies.csv.gz', import.meta.url);

export async function serveFilms(): Promise<Served> {
  const path = mkdtempSync(join(tmpdir(), 'millrace-clients-'));
  const warehouse = await openClickHouse({ path });
  await createViews(warehouse);
  const text = gunzipSync(readFileSync(movies));
  const films = parse(text, { columns: true }) as {
    movieId: string;
    title: string;
    genres: string;
  }[];
  await insert(
    warehouse,
    'items',
    films.map(({ movieId, title, genres }) => item(movieId, title, genres.split('|'))),
  );
  const at = '2020-01-10 00:00:00.000';
  const impressionId = 'first';
  const shown: [string, number, number[]][] = [
    ['1', 0.5, [0.5]],
    ['2', 0.5, [0.5]],
  ];
  const slate = { impressionId, at, variant: 'a', variants: ['a'], shown };
  await insert(warehouse, 'impressions', [impression(slate)]);
  await insert(warehouse, 'rewards', [reward(impressionId, '1', true, { variant: 'a' })]);
  const server: SqlServer = await serveSql(warehouse, { port: 0 });
  return {
    url: server.url,
    titles: films.length,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await warehouse[Symbol.asyncDispose]();
      rmSync(path, { recursive: true, force: true });
    },
  };
}
