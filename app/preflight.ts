// What can be known to be wrong before anything is started is said then: a wrong setting costs a second,
// not the start of a broker.
import { resolve } from 'node:path';
import { probeClickHouse } from '../infra/clickhouse/probe.ts';
import { checkModelFile } from '../infra/llama/check-file.ts';
import { probeRegistry } from '../infra/registry/probe.ts';
import { type Role, roles } from '../models/llm/roles.ts';
import type { Config } from './config/read.ts';
import { reachableStreams, wantRegistry } from './streams.ts';
import { serverOf } from './warehouse.ts';

/**
 * Looks at the files of the models that will be asked, and, if a broker or a registry is to be started
 * here, at the servers that are named.
 * @param asked roles of the language model that will be asked
 * @throws MillraceError `registry-missing`, `model-missing`, `model-unreadable`, `registry-unreachable`,
 * `registry-login`, `clickhouse-unreachable`
 */
export async function preflight(config: Config, asked: readonly Role[]): Promise<void> {
  wantRegistry(config);
  await Promise.all([checkModels(config, asked), ...namedServers(config)]);
}

/** Reads the heads of the models that are named by a path; `hf:` addresses are looked up later. */
async function checkModels({ llm }: Config, asked: readonly Role[]): Promise<void> {
  const named = new Map<string, string>();
  for (const { name, variable } of roles.defs) {
    if (!asked.includes(name)) continue;
    const own = llm.roles[name];
    const path = own ?? llm.model;
    if (path) named.set(path, own ? variable : 'LLM_MODEL');
  }
  for (const [path, variable] of named) {
    if (!/^(hf|https?):/.test(path)) await checkModelFile(resolve(path), variable);
  }
}

function namedServers(config: Config): Promise<unknown>[] {
  // Where all is given or runs already, the first connection tells the same as soon.
  if (reachableStreams(config)) return [];
  const { registry, clickhouse, sinks } = config;
  return [
    ...(registry
      ? [probeRegistry({ url: registry.url, auth: registry.login, ca: registry.ca })]
      : []),
    ...(clickhouse && sinks.clickhouse ? [probeClickHouse(serverOf(clickhouse).url)] : []),
  ];
}
