// The tokens of a configuration: made, listed and removed in its file.
import { isScope, makeToken, readTokens, writeTokens } from '../../infra/http/api/tokens.ts';
import { MillraceError } from '../../schemas/errors.ts';
import type { Config } from '../config/read.ts';
import { tokensFileOf } from './open.ts';

type Needed = Pick<Config, 'api' | 'dataDir'>;

/** A token without its hash. */
export interface ListedToken {
  readonly name: string;
  readonly scopes: readonly string[];
  /** When it was made, ISO 8601. */
  readonly made: string;
}

/**
 * Makes a token and keeps its hash.
 * @returns the token, which nothing can show again
 * @throws MillraceError `token-exists`, `token-name-invalid`, `token-scope-invalid`, `tokens-unreadable`
 */
export function addToken(config: Needed, name: string, scopes: string[], now: Date): string {
  const file = tokensFileOf(config);
  const tokens = readTokens(file);
  const wanted = scopes.map((scope) => scope.trim());
  if (!wanted.every(isScope)) {
    throw new MillraceError({
      code: 'token-scope-invalid',
      what: `${wanted.filter((scope) => !isScope(scope)).join(', ')} is no scope.`,
      why: 'A scope is read (slates and reasons), write (feedback and items) or admin (everything).',
      todo: 'Name one or several of them: --scope read,write',
    });
  }
  if (tokens.some((token) => token.name === name)) {
    throw new MillraceError({
      code: 'token-exists',
      what: `There is a token ${name} already.`,
      todo: `Choose another name, or remove it first: millrace token remove ${name}`,
    });
  }
  const { token, kept } = makeToken(name, wanted, now);
  writeTokens(file, [...tokens, kept]);
  return token;
}

/** @throws MillraceError `tokens-unreadable` */
export function listTokens(config: Needed): readonly ListedToken[] {
  return readTokens(tokensFileOf(config)).map(({ name, scopes, made }) => ({ name, scopes, made }));
}

/** @throws MillraceError `token-unknown`, `tokens-unreadable` */
export function removeToken(config: Needed, name: string): void {
  const file = tokensFileOf(config);
  const tokens = readTokens(file);
  const left = tokens.filter((token) => token.name !== name);
  if (left.length === tokens.length) {
    const names = tokens.map((token) => token.name).join(', ');
    throw new MillraceError({
      code: 'token-unknown',
      what: `There is no token ${name}.`,
      why: names === '' ? `${file} has none.` : `${file} has ${names}.`,
      todo: 'Name one of `millrace token list`, with the data directory of the server.',
    });
  }
  writeTokens(file, left);
}
