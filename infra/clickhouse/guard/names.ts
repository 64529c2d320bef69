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

/** Statements that ClickHouse has and that are refused here; any other word is an error of syntax. */
export const otherStatements = new Set(
  `alter analyze attach backup begin check commit copy create delete detach drop exchange execute exit
  export from grant import insert kill move optimize parallel quit rename replace restore revoke rollback
  set system truncate undrop update use watch`.split(/\s+/),
);

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

/** SELECT … INTO OUTFILE writes a file in spite of `readonly`; infile is its twin. */
export const keywords = new Set(['outfile', 'infile']);

/** Refused even as bare names, unless they can only be columns: `select * apply file` calls a function.
 * - file: the scalar function reads any file of the machine in spite of `readonly`.
 * - catboostEvaluate, system.models: start a child process.
 * - hasColumnInTable, reverseDNSQuery, ai…: open connections to a host the query names.
 * - sleep…: hold one of few threads. showCertificate, getServerSetting, getMacro: configuration.
 * - logTrace: writes to the log. generateSerialID: writes to ZooKeeper. dictGet…: dictionaries. */
export const refused =
  /^(file|catboostevaluate|hascolumnintable|reversednsquery|sleep|sleepeachrow|showcertificate|getserversetting|getmacro|getclienthttpheader|logtrace|generateserialid|dict(get\w*|has|isin)|ai(generate|classify|extract|translate|embed)\w*|address\w+|naivebayes\w*|evalmlmethod)$/;

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

/** Tables of `system` without secrets; see catalogue.ts for those that tell of databases and tables. */
export const systemTables = new Set([
  'build_options',
  'columns',
  'collations',
  'contributors',
  'data_skipping_indices',
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
  'projections',
  'settings',
  'table_engines',
  'table_functions',
  'tables',
  'time_zones',
  'zeros',
]);
