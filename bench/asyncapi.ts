// Checks docs/asyncapi.json by the official parser, which brings more packages than all of Millrace: it is
// installed into a folder of its own, from npm's registry, and thrown away.
//
//   npm run check:asyncapi
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const wanted = '@asyncapi/parser@3.6.6';

/** What the parser says; of severity 0 it is an error, of 1 a warning, above that advice. */
interface Diagnostic {
  readonly severity: number;
  readonly code: string | number;
  readonly message: string;
  readonly path: readonly (string | number)[];
}

interface Parsing {
  readonly Parser: new () => {
    parse(text: string): Promise<{ document: unknown; diagnostics: readonly Diagnostic[] }>;
  };
}

const folder = mkdtempSync(join(tmpdir(), 'millrace-asyncapi-'));
try {
  const flags = ['--no-audit', '--no-fund', '--silent', '--prefix', folder];
  execFileSync('npm', ['install', ...flags, wanted], { stdio: 'inherit' });
  const { Parser } = createRequire(join(folder, 'x.js'))('@asyncapi/parser') as Parsing;
  const text = readFileSync(join(import.meta.dirname, '../docs/asyncapi.json'), 'utf8');
  const { document, diagnostics } = await new Parser().parse(text);
  for (const { severity, code, message, path } of diagnostics) {
    const kind = ['error', 'warning'][severity] ?? 'advice';
    process.stdout.write(`${kind} ${code} at ${path.join('/') || 'the root'}: ${message}\n`);
  }
  const wrong = diagnostics.filter(({ severity }) => severity < 2).length;
  process.stdout.write(`${wanted}: ${wrong} errors and warnings\n`);
  process.exitCode = document && wrong === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
