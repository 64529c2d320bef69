// The file of tokens: names, scopes and SHA-256 hashes. A token itself is shown once, when it is made.
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { MillraceError } from '../../../schemas/errors.ts';
import type { Scope } from './route.ts';

const scopes = ['read', 'write', 'admin'] as const;

export const isScope = (text: string): text is Scope => scopes.includes(text as Scope);

const kept = z.strictObject({
  name: z.string().regex(/^[\w.-]{1,60}$/),
  /** SHA-256 of the token, hex. 256 bits of chance need no salt. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  scopes: z.array(z.enum(scopes)).min(1),
  /** When it was made, ISO 8601. */
  made: z.string(),
});

const file = z.strictObject({ tokens: z.array(kept) });

export type KeptToken = z.infer<typeof kept>;

/** Bytes of chance in a token. */
const chanceBytes = 32;

export const hashOf = (token: string) => createHash('sha256').update(token).digest('hex');

/** A new token, and what is kept of it. */
export function makeToken(
  name: string,
  allowed: KeptToken['scopes'],
  made: Date,
): { readonly token: string; readonly kept: KeptToken } {
  const token = `millrace_${randomBytes(chanceBytes).toString('base64url')}`;
  const given = { name, hash: hashOf(token), scopes: allowed, made: made.toISOString() };
  const parsed = kept.safeParse(given);
  if (parsed.success) return { token, kept: parsed.data };
  throw new MillraceError({
    code: 'token-name-invalid',
    what: `A token cannot be called ${JSON.stringify(name)}.`,
    why: 'A name has up to 60 letters, digits, dots, dashes and underscores.',
    todo: 'Name it after who uses it, such as shop-backend.',
  });
}

/** The tokens of a file; none if there is no file. @throws MillraceError `tokens-unreadable` */
export function readTokens(path: string): readonly KeptToken[] {
  if (!existsSync(path)) return [];
  try {
    return file.parse(JSON.parse(readFileSync(path, 'utf8'))).tokens;
  } catch (cause) {
    throw new MillraceError({
      code: 'tokens-unreadable',
      what: `The file of tokens ${path} cannot be used.`,
      why: cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause),
      todo: 'Mend it, or delete it and make the tokens anew with `millrace token add`.',
      cause,
    });
  }
}

/** Replaces the file at one go; its owner alone may read it. */
export function writeTokens(path: string, tokens: readonly KeptToken[]): void {
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.new`;
  writeFileSync(draft, `${JSON.stringify({ tokens }, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, path);
}
