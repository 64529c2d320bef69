// Asks a ClickHouse server once whether it can be used with these settings.
import { MillraceError } from '../../schemas/errors.ts';

/** Time in which it must answer, ms. */
const timeout = 5_000;

/**
 * Asks a server for its version.
 * @param url HTTP interface, with the login: `http://user:password@host:8123`
 * @throws MillraceError `clickhouse-unreachable`
 */
export async function probeClickHouse(url: string): Promise<{ readonly version: string }> {
  const at = new URL(url);
  const [user, password] = [decodeURIComponent(at.username), decodeURIComponent(at.password)];
  at.username = '';
  at.password = '';
  const where = at.origin;
  at.searchParams.set('query', 'select version()');
  const headers = {
    ...(user && { 'x-clickhouse-user': user }),
    ...(password && { 'x-clickhouse-key': password }),
  };
  const answer = await fetch(at, { headers, signal: AbortSignal.timeout(timeout) }).catch(
    (error: Error) => {
      const { message = error.message, code } = (error.cause ?? {}) as NodeJS.ErrnoException;
      throw unreachable(where, message || `${code}`, error);
    },
  );
  const text = (await answer.text()).trim();
  if (!answer.ok) {
    const said = text.split('\n')[0]!.slice(0, 300);
    throw unreachable(where, `It answers ${answer.status}${said && `: ${said}`}`);
  }
  if (!/^\d+\.\d+/.test(text)) {
    throw unreachable(where, 'It answers, and not as ClickHouse does: is this its HTTP interface?');
  }
  return { version: text };
}

function unreachable(where: string, why: string, cause?: unknown): MillraceError {
  return new MillraceError({
    code: 'clickhouse-unreachable',
    what: `ClickHouse does not answer at ${where}.`,
    why,
    todo: 'Check CLICKHOUSE_URL (its HTTP interface, port 8123 as a rule), the user and the password; or unset it for the engine in this process.',
    cause,
  });
}
