// The queries that run or wait, by their ids, so that who asked one can end it.
import { refuse } from '../../clickhouse/guard/refuse.ts';

export interface Running {
  id: string;
  user: string;
  query: string;
  end: AbortController;
}

export class RunningQueries {
  readonly #queries = new Map<string, Running>();

  /** @throws refusal 216 for an id that runs already */
  add(query: Running): Disposable {
    if (this.#queries.has(query.id))
      refuse(
        'QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING',
        `Query with id = ${query.id} is already running`,
      );
    this.#queries.set(query.id, query);
    return { [Symbol.dispose]: () => void this.#queries.delete(query.id) };
  }

  /** The queries of these ids, if they are this user's. */
  of(ids: readonly string[], user: string): Running[] {
    return ids.flatMap((id) => {
      const query = this.#queries.get(id);
      return query?.user === user ? [query] : [];
    });
  }

  endAll(): void {
    for (const { end } of this.#queries.values()) end.abort();
  }
}
