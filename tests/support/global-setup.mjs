// Before the first test: offer the shared parts, without starting them.
import { serveInfra } from './infra-server.ts';

export default async function setUp() {
  globalThis.millraceInfra = await serveInfra();
  process.env.MILLRACE_TEST_INFRA = globalThis.millraceInfra.url;
}
