// Answers KILL QUERY: ends the queries that the same user asked here.
import type { Answer, Ask } from '../../clickhouse/ask.ts';
import type { Kill } from '../../clickhouse/guard/kill.ts';
import { sqlText } from '../../clickhouse/warehouse.ts';
import type { SqlRequest } from './request.ts';
import type { RunningQueries } from './running.ts';

/** @returns the table that ClickHouse answers with: kill_status, query_id, user, query */
export async function answerKill(
  { ids, test, format }: Kill,
  running: RunningQueries,
  asked: Pick<SqlRequest, 'user' | 'format'>,
  ask: Ask,
): Promise<Answer> {
  const found = running.of(ids, asked.user);
  if (!test) for (const { end } of found) end.abort();
  const rows = found.map(({ id, user, query }) => {
    const texts = ['waiting', id, user, query].map(plainText);
    return `(${texts.join(', ')})`;
  });
  const columns = 'kill_status String, query_id String, user String, query String';
  const source =
    rows.length > 0 ? `values('${columns}', ${rows.join(', ')})` : `null('${columns}')`;
  return await ask(`select * from ${source}`, { format: format ?? asked.format });
}

/** A literal that the guard lets through: it takes no NUL. */
const plainText = (text: string) => sqlText(text.replaceAll('\0', ''));
