// The closing line of .ci/run: `N passed, N failed`, and `N skipped` when there are such.
//   node infra/setup/tally.mjs <jest's JSON results> <jest's exit code>
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/** A file that could not run counts as one failure; so does a run without any test. */
export function tally(results, status) {
  const passed = results?.numPassedTests ?? 0;
  const skipped = (results?.numPendingTests ?? 0) + (results?.numTodoTests ?? 0);
  let failed = (results?.numFailedTests ?? 0) + (results?.numRuntimeErrorTestSuites ?? 0);
  if (failed === 0 && (status !== 0 || passed === 0)) failed = 1;
  const line = `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`;
  return { line, ok: failed === 0 };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  let results;
  try {
    results = JSON.parse(readFileSync(process.argv[2], 'utf8'));
  } catch {
    process.stdout.write(
      'The tests left no results: the set-up or jest itself failed, see above.\n',
    );
  }
  const { line, ok } = tally(results, Number(process.argv[3] ?? 0));
  process.stdout.write(`${line}\n`);
  process.exitCode = ok ? 0 : 1;
}
