// Before the first test: offer the shared parts, without starting them.
import { constants } from 'node:os';
import { serveInfra } from './infra-server.ts';

export default async function setUp() {
  globalThis.millraceInfra = await serveInfra();
  process.env.MILLRACE_TEST_INFRA = globalThis.millraceInfra.url;
  // Jest itself would end at once, and leave a broker and its data behind.
  process.once('SIGTERM', async () => {
    await globalThis.millraceInfra[Symbol.asyncDispose]();
    process.exit(128 + constants.signals.SIGTERM);
  });
}
