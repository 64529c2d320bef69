// Settings that a request may bring: those of the form of the answer, of the meaning of SQL, and lower
// limits. All others are refused, for some open files and addresses or lift what guards this machine.
import { readerSettings } from '../limits.ts';
import { refuse } from './refuse.ts';

/**
 * Names that come beside a query over HTTP and change nothing here: the answer is always sent whole, the
 * query always ends with its client, and nothing is ever inserted.
 */
const withoutEffect =
  /^(buffer_size|wait_end_of_query|close_session|quota_key|role|session_(id|timeout|check)|stacktrace|add_http_cors_header|send_progress_in_http_headers|http_headers_progress_interval_ms|cancel_http_readonly_queries_on_client_close|http_(write_exception_in_output_format|response_buffer_size|send_timeout|receive_timeout|connection_timeout)|(connect|send|receive)_timeout|log_(queries|comment|query_threads)|send_logs_level|use_client_time_zone|(wait_for_)?async_insert\w*|insert_\w+|input_format_\w+|use_query_cache|query_cache_\w+|max_insert_\w+|date_time_input_format|allow_experimental_\w+_type|enable_json_type|enable_dynamic_type|enable_variant_type)$/;

/** Names that the engine is given. Not `output_format_schema`, which writes a file. */
const applied =
  /^(output_format_(?!schema$)\w+|format_(csv|tsv|custom)_\w+|formatdatetime_\w+|date_time_output_format|session_timezone|join_use_nulls|join_default_strictness|any_join_distinct_right_table_keys|group_by_use_nulls|aggregate_functions_null_for_empty|transform_null_in|cast_keep_nullable|data_type_default_nullable|(union|except|intersect)_default_mode|prefer_column_name_to_alias|count_distinct_implementation|totals_mode|totals_auto_threshold|extremes|limit|offset|final|asterisk_include_(alias|materialized)_columns|describe_\w+|show_\w+|(result|read|timeout|sort|distinct|group_by|join|set|transfer)_overflow_mode|max_rows_to_(read|sort|group_by|transfer)|max_bytes_to_(read|sort|transfer)|max_block_size|preferred_block_size_bytes|http_zlib_compression_level|enable_http_compression|network_compression_method|network_zstd_compression_level|decimal_check_overflow|regexp_max_matches_per_row|function_json_value_return_type_allow_\w+|enable_named_columns_in_function_tuple)$/;

/** Settings of which our value is the greatest; 0 means no limit, and so ours. */
const limits: Readonly<Record<string, number>> = Object.fromEntries(
  (
    [
      'max_execution_time',
      'max_memory_usage',
      'max_result_rows',
      'max_result_bytes',
      'max_threads',
    ] as const
  ).map((name) => [name, Number(readerSettings[name])]),
);

/** Whether a request may bring a setting with an effect. */
export const isOpen = (name: string) => name in limits || applied.test(name);

/** @param known every setting that the engine has
 * @returns what the engine is to be told
 * @throws refusal 115 for a name that no setting has, 164 for one that is not open */
export function settingsOf(
  asked: Readonly<Record<string, string>>,
  known: ReadonlySet<string>,
): Record<string, string> {
  const settings: Record<string, string> = {};
  for (const [name, value] of Object.entries(asked)) {
    const limit = limits[name];
    if (limit !== undefined) settings[name] = within(value, limit);
    else if (applied.test(name)) settings[name] = value;
    else if (name === 'readonly' && ['1', '2'].includes(value)) continue;
    else if (!withoutEffect.test(name)) refuseSetting(name, known);
  }
  return settings;
}

function within(value: string, limit: number): string {
  const wanted = Number(value);
  return wanted === 0 || wanted > limit ? String(limit) : value;
}

function refuseSetting(name: string, known: ReadonlySet<string>): never {
  if (!known.has(name))
    refuse('UNKNOWN_SETTING', `Unknown setting '${name}'; parameters of a query are param_<name>`);
  return refuse(
    'READONLY',
    `Cannot modify '${name}' setting in readonly mode: of a request, settings of the answer's form ` +
      '(output_format_…), of the meaning of SQL (join_use_nulls …) and lower limits are taken',
  );
}
