// Who may ask: by bearer token; from this machine alone while there is no token.
import { statSync } from 'node:fs';
import type { FastifyRequest } from 'fastify';
import { MillraceError } from '../../../schemas/errors.ts';
import { isLoopback } from '../security.ts';
import type { Scope } from './route.ts';
import { hashOf, type KeptToken, readTokens } from './tokens.ts';

/** Time between two looks at the file, ms. */
const lookEveryMs = 1_000;

/** Who asks, for limits and the log. */
export interface Caller {
  /** Name of the token; the address without one. */
  readonly name: string;
}

export class Access {
  private readonly path: string;
  private readonly now: () => number;
  private tokens: ReadonlyMap<string, KeptToken>;
  private lookedAt: number;
  private changedAt: number;

  /** @param path the file of tokens, which may change @throws MillraceError `tokens-unreadable` */
  constructor(path: string, now: () => number = () => performance.now()) {
    this.path = path;
    this.now = now;
    this.lookedAt = now();
    this.changedAt = changeOf(path);
    this.tokens = byHash(readTokens(path));
  }

  /** @throws MillraceError `token-refused`, `scope-missing` */
  check(request: FastifyRequest, scope: Scope): Caller {
    this.look();
    const { authorization } = request.headers;
    if (this.tokens.size === 0) {
      if (authorization === undefined && isLocal(request)) return { name: request.ip };
      throw refused('This server has no token, so it answers this machine alone.');
    }
    const token = /^Bearer +([\x21-\x7e]+) *$/i.exec(authorization ?? '')?.[1];
    const found = token === undefined ? undefined : this.tokens.get(hashOf(token));
    if (!found) {
      throw refused(
        authorization === undefined ? 'There is no token in it.' : 'The token is not known here.',
      );
    }
    if (found.scopes.includes(scope) || found.scopes.includes('admin')) return found;
    throw new MillraceError({
      code: 'scope-missing',
      what: `The token ${found.name} does not allow this.`,
      why: `It has ${found.scopes.join(', ')}, and ${scope} is wanted.`,
      todo: `Make one that does: millrace token add NAME --scope ${scope}`,
    });
  }

  /** Reads the file again if it has changed; one that cannot be read leaves the tokens as they are. */
  private look(): void {
    const now = this.now();
    if (now - this.lookedAt < lookEveryMs) return;
    this.lookedAt = now;
    const changed = changeOf(this.path);
    if (changed === this.changedAt) return;
    try {
      this.tokens = byHash(readTokens(this.path));
      this.changedAt = changed;
    } catch {
      // It may be half-way through a hand's editing; the next look tells.
    }
  }
}

const byHash = (tokens: readonly KeptToken[]) =>
  new Map(tokens.map((token) => [token.hash, token]));

/** When the file changed, ms; 0 if there is none. */
const changeOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** Whether a request comes from this machine, and not through a proxy on it. */
function isLocal({ raw, headers }: FastifyRequest): boolean {
  const address = (raw.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  const forwarded = headers['x-forwarded-for'] ?? headers.forwarded;
  return isLoopback(address) && forwarded === undefined;
}

function refused(why: string): MillraceError {
  return new MillraceError({
    code: 'token-refused',
    what: 'The request is not allowed.',
    why,
    todo: 'Make a token with `millrace token add NAME`, and send it as `authorization: Bearer TOKEN`.',
  });
}
