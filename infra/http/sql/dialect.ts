// The parts of ClickHouse's HTTP dialect that are tables: content types, statuses, the summary.
import type { ReadResult } from '../../clickhouse/warehouse.ts';

/** The engine's error code in a message `Code: NN. DB::Exception: …`; 1002 (unknown) without one. */
export function codeIn(message: string): number {
  return Number(/Code: (\d+)/.exec(message)?.[1] ?? 1002);
}

// As ClickHouse's HTTPHandler maps them; the names are the engine's error names.
const statuses: Record<number, number> = {
  46: 404, // UNKNOWN_FUNCTION
  47: 404, // UNKNOWN_IDENTIFIER
  50: 404, // UNKNOWN_TYPE
  60: 404, // UNKNOWN_TABLE
  73: 404, // UNKNOWN_FORMAT
  81: 404, // UNKNOWN_DATABASE
  115: 404, // UNKNOWN_SETTING
  48: 501, // NOT_IMPLEMENTED
  53: 400, // TYPE_MISMATCH
  62: 400, // SYNTAX_ERROR
  70: 400, // CANNOT_CONVERT_TYPE
  72: 400, // CANNOT_PARSE_NUMBER
  26: 400, // CANNOT_PARSE_QUOTED_STRING
  27: 400, // CANNOT_PARSE_INPUT_ASSERTION_FAILED
  41: 400, // CANNOT_PARSE_DATETIME
  36: 400, // BAD_ARGUMENTS
  42: 400, // NUMBER_OF_ARGUMENTS_DOESNT_MATCH
  43: 400, // ILLEGAL_TYPE_OF_ARGUMENT
  271: 400, // CANNOT_DECOMPRESS
  456: 400, // UNKNOWN_QUERY_PARAMETER
  457: 400, // BAD_QUERY_PARAMETER
  159: 408, // TIMEOUT_EXCEEDED
  164: 403, // READONLY
  497: 403, // ACCESS_DENIED
  216: 409, // QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING
  202: 503, // TOO_MANY_SIMULTANEOUS_QUERIES
  307: 413, // QUERY_IS_TOO_LARGE
};

export function statusOf(code: number): number {
  return statuses[code] ?? 500;
}

/** The content type ClickHouse gives a format. */
export function contentType(format: string): string {
  if (/^(JSON\w*EachRow|NDJSON|JSONLines)/.test(format))
    return 'application/x-ndjson; charset=UTF-8';
  if (/^JSON/.test(format)) return 'application/json; charset=UTF-8';
  if (/^CSV/.test(format)) return 'text/csv; charset=UTF-8; header=absent';
  if (/^(TabSeparated|TSV)/.test(format)) return 'text/tab-separated-values; charset=UTF-8';
  if (/^XML$/.test(format)) return 'application/xml; charset=UTF-8';
  if (/^(Native|RowBinary|Parquet|Arrow|ORC|Avro|MsgPack|BSON|Npy|Raw)/.test(format))
    return 'application/octet-stream';
  return 'text/plain; charset=UTF-8';
}

/** Value of X-ClickHouse-Summary: numbers as text. @param elapsed ns */
export function summary(counts: ReadResult['counts'], elapsed: bigint): string {
  return JSON.stringify({
    read_rows: String(counts.readRows),
    read_bytes: String(counts.readBytes),
    written_rows: '0',
    written_bytes: '0',
    total_rows_to_read: '0',
    result_rows: String(counts.resultRows),
    result_bytes: String(counts.resultBytes),
    elapsed_ns: String(elapsed),
  });
}
