// The failures of the schema registry as people are told of them.
import { MillraceError } from '../../schemas/errors.ts';

interface Answer {
  /** Status of HTTP; 400 as well where nothing was answered. */
  readonly status?: number;
  readonly message?: string;
}

const certificate = /certificate|ssl|tls/i;

/**
 * The error for a registry that did not do what it was asked.
 * @param what what was not done, as a sentence
 */
export function registryFailed(what: string, cause: unknown): MillraceError {
  const { status, message } = cause as Answer;
  const why = message ?? String(cause);
  if (status === 401 || status === 403) {
    return new MillraceError({
      code: 'registry-login',
      what,
      why,
      todo: 'Check SCHEMA_REGISTRY_USERNAME and SCHEMA_REGISTRY_PASSWORD, and what that user may do.',
      cause,
    });
  }
  const refused = status === 400 && certificate.test(why);
  return new MillraceError({
    code: 'registry-unreachable',
    what,
    why,
    todo: refused
      ? "Name who signed the registry's certificate with SCHEMA_REGISTRY_CA."
      : 'Check SCHEMA_REGISTRY_URL and that the registry runs (`millrace doctor`).',
    remedy: refused ? 'halt' : 'retry',
    cause,
  });
}
