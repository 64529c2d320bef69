// The embedded schema registry: Apicurio, over its Confluent-compatible API, schemas in H2 on disk.
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Part, type Place, startPart } from './jvm.ts';
import { registryJar } from './layout.ts';
import type { EmbeddedRegistry, StartOptions } from './types.ts';

const API = '/apis/ccompat/v7';

const registry: Part = {
  name: 'registry',
  title: 'Schema registry',
  ports: { client: 8081 },
  launch(place) {
    const home = join(place.dataDir, 'registry');
    mkdirSync(home, { recursive: true });
    return {
      args: ['-Xmx192m', '-XX:TieredStopAtLevel=1', '-jar', registryJar(place.partsDir)],
      env: {
        QUARKUS_HTTP_HOST: place.host,
        QUARKUS_HTTP_PORT: String(place.ports.client),
        APICURIO_STORAGE_KIND: 'sql',
        APICURIO_STORAGE_SQL_KIND: 'h2',
        // No delay: a schema whose id a record carries must survive a kill.
        APICURIO_DATASOURCE_URL: `jdbc:h2:file:${join(home, 'schemas')};WRITE_DELAY=0`,
        QUARKUS_HTTP_ACCESS_LOG_ENABLED: 'false',
        QUARKUS_LOG_LEVEL: 'WARN',
        // Where it says that it listens.
        QUARKUS_LOG_CATEGORY__IO_QUARKUS__LEVEL: 'INFO',
        QUARKUS_ANALYTICS_DISABLED: 'true',
        QUARKUS_OTEL_SDK_DISABLED: 'true',
      },
    };
  },
  async isUp(place, logFile) {
    // Somebody else's registry may answer on the port while ours has yet to find it taken.
    if (!existsSync(logFile) || !readFileSync(logFile, 'utf8').includes('Listening on'))
      return false;
    try {
      const answer = await fetch(`${address(place)}/subjects`, {
        signal: AbortSignal.timeout(5000),
      });
      return answer.ok && Array.isArray(await answer.json());
    } catch {
      return false;
    }
  },
};

function address(place: Pick<Place, 'host' | 'ports'>): string {
  const anywhere = place.host === '0.0.0.0' || place.host === '::';
  const host = anywhere ? '127.0.0.1' : place.host;
  return `http://${host.includes(':') ? `[${host}]` : host}:${place.ports.client}${API}`;
}

/**
 * Starts the registry; schemas of an earlier run on `dataDir` keep their ids.
 * @throws MillraceError `part-missing`, `part-not-fetched`, `part-did-not-start`, `data-dir-in-use`
 */
export async function startRegistry(options: StartOptions): Promise<EmbeddedRegistry> {
  const part = await startPart(registry, options);
  const place = { host: options.host ?? '127.0.0.1', ports: { client: part.port } };
  return { ...part, url: address(place) };
}
