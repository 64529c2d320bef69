// What the engine lets through under `readonly = 1` and must not; tried against chDB 26.7.
// Everything not listed here (writes, DDL, SET, SYSTEM, table functions such as url, s3, remote,
// executable, mysql) is refused by the engine itself, as long as no subquery can say SETTINGS
// readonly = 0: see guard.ts.

/**
 * Statements that may be run. The engine would also let through KILL QUERY (anybody's queries),
 * USE, SET param_x, SET ROLE, CHECK TABLE and BACKUP.
 */
export const statements = new Set([
  'select',
  'with',
  'show',
  'describe',
  'desc',
  'explain',
  'exists',
]);

/**
 * Words that may follow SHOW. Others would tell of users, grants, other people's queries and engine
 * settings.
 */
export const shown = new Set([
  'tables',
  'full',
  'databases',
  'columns',
  'fields',
  'create',
  'functions',
  'index',
  'indexes',
  'indices',
  'keys',
]);

/** Refused wherever they stand, even as bare names: `select * apply file` calls a function too.
 * - outfile: SELECT … INTO OUTFILE writes a file in spite of `readonly`; infile is its twin.
 * - file: the scalar function reads any file of the machine in spite of `readonly`.
 * - catboostEvaluate, system.models: start a child process.
 * - hasColumnInTable, reverseDNSQuery, ai…: open connections to a host the query names.
 * - sleep…: hold one of few threads. showCertificate, getServerSetting, getMacro: configuration.
 * - logTrace: writes to the log. generateSerialID: writes to ZooKeeper. dictGet…: dictionaries.
 * - system.tables' create_table_query can hold the addresses and passwords of a server's other tables. */
export const refused =
  /^(outfile|infile|file|catboostevaluate|hascolumnintable|reversednsquery|sleep|sleepeachrow|showcertificate|getserversetting|getmacro|getclienthttpheader|logtrace|generateserialid|dict(get\w*|has|isin)|ai(generate|classify|extract|translate|embed)\w*|address\w+|naivebayes\w*|evalmlmethod)$/;

/** Table functions that only compute. The engine refuses most others when they are read from, but
 * `describe table url(…)` opens the address, `describe table file(…)` the file; `eval` runs text as
 * SQL, unseen by this check; `cluster`, `merge`, `loop` reach tables by a name given as a string. */
export const tableFunctions = new Set([
  'format',
  'generate_series',
  'generateseries',
  'generaterandom',
  'null',
  'numbers',
  'numbers_mt',
  'primes',
  'values',
  'view',
  'zeros',
  'zeros_mt',
]);

/** Tables of `system` without secrets. information_schema has the lists of tables and columns. */
export const systemTables = new Set([
  'build_options',
  'columns',
  'contributors',
  'data_type_families',
  'databases',
  'events',
  'formats',
  'functions',
  'keywords',
  'licenses',
  'metrics',
  'numbers',
  'numbers_mt',
  'one',
  'parts',
  'settings',
  'table_engines',
  'table_functions',
  'time_zones',
  'zeros',
]);
