// Limits on the memory, threads and time of ClickHouse, which shares two cores with a JVM, a
// language model and Node.

/** Arguments of the embedded engine, set once when it starts; a query cannot set them. */
export const engineArguments: readonly string[] = [
  '--max_server_memory_usage=3000000000',
  '--background_pool_size=1',
  '--background_schedule_pool_size=8',
  '--background_common_pool_size=2',
  '--background_fetches_pool_size=1',
  '--background_move_pool_size=1',
  '--background_distributed_schedule_pool_size=1',
  '--mark_cache_size=67108864',
  '--primary_index_cache_size=67108864',
  '--max_threads=2',
];

/** Limits of a query from outside. `readonly` comes last: nothing can be set after it. */
export const readerSettings = {
  /** Longest time of a query, s. */
  max_execution_time: '10',
  /** Largest memory of a query, bytes. */
  max_memory_usage: '1000000000',
  max_result_rows: '1000000',
  /** Largest result of a query, bytes. */
  max_result_bytes: '100000000',
  max_threads: '2',
  max_ast_elements: '20000',
  max_subquery_depth: '50',
  allow_introspection_functions: '0',
  implicit_select: '0',
  readonly: '1',
} as const;

/**
 * Settings of every query on a cluster. Rows are on their shards before an insert is answered, so that
 * positions never go before them. A join of two tables, or a set of one, is made once and sent to the
 * shards: each would else ask all others, which the engine refuses.
 */
export const clusterSettings = {
  distributed_foreground_insert: '1',
  distributed_product_mode: 'global',
} as const;
