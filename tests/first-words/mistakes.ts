// Mistakes of somebody's first hour, each with what must be said: what happened, why, and what to do.
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeSmallGguf } from '../support/small-gguf.ts';

export interface Mistake {
  readonly mistake: string;
  /** The command; `DIR` stands for the folder that `prepare` has filled. */
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Code of the error; undefined for what the reader of the arguments says by itself. */
  readonly code?: string;
  /** Words of the message, in their order: what, why, what to do. */
  readonly says: readonly RegExp[];
  /** Whether the command waits for what does not answer, having said so. @default false: it ends with 1 */
  readonly waits?: true;
}

/** Nobody listens here. */
const nobody = '127.0.0.1:9';

/** Fills a folder with what goes wrong. @param movielens a small log in the official format */
export function prepare(dir: string, movielens: string): void {
  mkdirSync(join(dir, 'shop', 'run'), { recursive: true });
  mkdirSync(join(dir, 'empty'));
  for (const [folder, from, to] of [
    ['renamed', 'rating', 'stars'],
    ['shifted', 'userId,movieId,rating,timestamp', 'timestamp,userId,movieId,rating'],
  ] as const) {
    mkdirSync(join(dir, folder));
    copyFileSync(join(movielens, 'movies.csv'), join(dir, folder, 'movies.csv'));
    const header = 'userId,movieId,rating,timestamp'.replace(from, to);
    writeFileSync(join(dir, folder, 'ratings.csv'), `${header}\n1,10,4.0,1000000000\n`);
  }
  writeFileSync(join(dir, 'page.gguf'), '<!doctype html><title>404</title>');
  writeSmallGguf(join(dir, 'adapter.gguf'), 'adapter');
  writeFileSync(join(dir, 'bad.yaml'), 'varients:\n  - { name: a, policy: ppo }\n');
}

export const mistakes: readonly Mistake[] = [
  {
    mistake: 'two letters of the data directory swapped',
    command: ['run', '--data-dir', 'DIR/shpo'],
    code: 'data-dir-missing',
    says: [/no data directory \S+shpo/, /\S+shop is one: is that meant/, /--data-dir \S+shop\./],
  },
  {
    mistake: 'a data directory in a folder that is not there',
    command: ['run', '--data-dir', 'DIR/vra/lib/millrace'],
    code: 'data-dir-missing',
    says: [/no data directory/, /\S+vra\/lib is not there either/, /mkdir -p \S+millrace/],
  },
  {
    mistake: 'asking a data directory that nobody has filled',
    command: ['topics', '--data-dir', 'DIR/other'],
    code: 'data-dir-missing',
    says: [/no data directory \S+other/, /an earlier run/, /Name the directory.*KAFKA_BROKERS/],
  },
  {
    mistake: 'a file for a data directory',
    command: ['run', '--data-dir', 'DIR/page.gguf'],
    code: 'data-dir-unusable',
    says: [/cannot hold the state/, /not a directory/, /Name a directory/],
  },
  {
    mistake: 'SQL before anything ran',
    command: ['sql', 'select 1', '--data-dir', 'DIR/empty'],
    code: 'no-data',
    says: [/nothing to ask yet/, /`millrace run` or `millrace demo` first/],
  },
  {
    mistake: 'a folder without the log',
    command: ['replay', 'movielens', 'DIR/empty'],
    code: 'dataset-file-missing',
    says: [
      /needs ratings\.csv or ratings\.dat or u\.data/,
      /Looked in \S+empty/,
      /Give the folder/,
    ],
  },
  {
    mistake: 'a log with a renamed column',
    command: ['replay', 'movielens', 'DIR/renamed'],
    code: 'dataset-column-missing',
    says: [
      /ratings\.csv has no column rating/,
      /names: userId, movieId, stars/,
      /official download/,
    ],
  },
  {
    mistake: 'a log whose columns are in another order than their names',
    command: ['replay', 'movielens', 'DIR/shifted'],
    code: 'dataset-empty',
    says: [/no row that can be read/, /Line 2 of ratings\.csv was skipped/, /Check that it is/],
  },
  {
    mistake: 'a model that is not there',
    command: ['run', '--llm'],
    env: { LLM_MODEL: 'DIR/none.gguf' },
    code: 'model-missing',
    says: [/no model file at \S+none\.gguf/, /LLM_MODEL names it/, /Set LLM_MODEL/],
  },
  {
    mistake: 'a web page saved as a model',
    command: ['demo'],
    env: { LLM_MODEL: 'DIR/page.gguf' },
    code: 'model-unreadable',
    says: [/cannot be used/, /does not begin with the letters GGUF/, /set LLM_MODEL/],
  },
  {
    mistake: 'an adapter for the model of a role',
    command: ['run', 'reason'],
    env: { LLM_MODEL_REASONER: 'DIR/adapter.gguf' },
    code: 'model-unreadable',
    says: [/cannot be used/, /of type adapter, no model/, /set LLM_MODEL_REASONER/],
  },
  {
    mistake: 'brokers without a registry',
    command: ['run'],
    env: { KAFKA_BROKERS: nobody },
    code: 'registry-missing',
    says: [/Brokers are named/, /the registry that was told/, /Set SCHEMA_REGISTRY_URL/],
  },
  {
    mistake: 'a broker without its port',
    command: ['run'],
    env: { KAFKA_BROKERS: 'localhost' },
    code: 'config-invalid',
    says: [/setting cannot be used/, /KAFKA_BROKERS.*host:port is wanted/, /Correct it/],
  },
  {
    mistake: 'brokers that do not answer, asked for their topics',
    command: ['topics'],
    env: { KAFKA_BROKERS: nobody, SCHEMA_REGISTRY_URL: `http://${nobody}` },
    code: 'broker-unavailable',
    says: [/No broker answers/, /ECONNREFUSED/, /Check KAFKA_BROKERS/],
  },
  {
    mistake: 'brokers that do not answer, to serve on',
    command: ['run'],
    env: { KAFKA_BROKERS: nobody, SCHEMA_REGISTRY_URL: `http://${nobody}` },
    says: [/No broker answers/, /ECONNREFUSED/, /Check KAFKA_BROKERS/, /Asking again for 45 s/],
    waits: true,
  },
  {
    mistake: 'a ClickHouse that does not answer, beside an embedded broker',
    command: ['run'],
    env: { CLICKHOUSE_URL: 'http://127.0.0.1:8' },
    code: 'clickhouse-unreachable',
    says: [/does not answer at http:\/\/127\.0\.0\.1:8/, /ECONNREFUSED/, /Check CLICKHOUSE_URL/],
  },
  {
    mistake: 'a registry that does not answer, beside an embedded broker',
    command: ['run'],
    env: { SCHEMA_REGISTRY_URL: `http://${nobody}` },
    code: 'registry-unreachable',
    says: [/registry cannot be used/, /ECONNREFUSED/, /SCHEMA_REGISTRY_URL/],
  },
  {
    mistake: 'a misspelt setting',
    command: ['run', '--config', 'DIR/bad.yaml'],
    code: 'config-invalid',
    says: [/setting cannot be used/, /varients: .*is variants meant\?.*bad\.yaml:1/, /Correct it/],
  },
  {
    mistake: 'a misspelt processor',
    command: ['run', 'serv'],
    code: 'processor-unknown',
    says: [/no processor serv/, /Is serve meant/, /Name some of/],
  },
  {
    mistake: 'a misspelt data set',
    command: ['replay', 'movielenz'],
    says: [/'movielenz' is invalid/, /Allowed choices are movielens/, /--help/],
  },
  {
    mistake: 'a misspelt command',
    command: ['rnu'],
    says: [/unknown command 'rnu'/, /Did you mean run/, /--help/],
  },
];
