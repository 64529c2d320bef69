// Lets every test file of a run share one broker and one registry, started when the first one asks.
// Test files run in processes of their own, so they ask over loopback HTTP.
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../app/config/read.ts';
import { ensureParts, startJvmParts } from '../../infra/embedded/parts.ts';
import type { Infra } from './containers.ts';
import { startContainers } from './containers.ts';

type Started = Infra & AsyncDisposable;

export async function serveInfra(): Promise<{ url: string } & AsyncDisposable> {
  let started: Promise<Started> | undefined;
  const server = createServer(async (_request, response) => {
    started ??= process.env.TEST_INFRA === 'containers' ? startContainers() : startEmbedded();
    try {
      response.end(JSON.stringify(await started));
    } catch (error) {
      response.statusCode = 500;
      response.end(error instanceof Error ? error.message : String(error));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  server.unref();
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      const parts = await started?.catch(() => undefined);
      await parts?.[Symbol.asyncDispose]();
    },
  };
}

async function startEmbedded(): Promise<Started> {
  const { partsDir } = readConfig();
  await ensureParts({ partsDir, llm: {} });
  const dataDir = mkdtempSync(join(tmpdir(), 'millrace-test-'));
  const parts = await startJvmParts({ dataDir, partsDir });
  return {
    brokers: parts.brokers,
    registryUrl: parts.registryUrl,
    async [Symbol.asyncDispose]() {
      await parts[Symbol.asyncDispose]();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
