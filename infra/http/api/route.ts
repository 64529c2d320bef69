// What a route of the HTTP interface is: one file each, as data; `server.ts` adds tokens, limits, deadlines
// and docs to all of them alike.
import type { z } from 'zod';
import type { Call } from './ports.ts';

/** What a token allows. `admin` allows everything. */
export type Scope = 'read' | 'write' | 'admin';

/** A JSON schema of draft 2020-12. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** What a handler is given. */
export interface Asked<B> {
  readonly body: B;
  /** Parts of the path, decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** Value of Idempotency-Key; undefined without one. */
  readonly key: string | undefined;
  readonly call: Call;
  /** Adds a header to the answer. */
  header(name: string, value: string): void;
}

export interface ApiRoute<B = unknown> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Path, with parts such as `:impression`. */
  readonly url: string;
  /** Scope that a token needs; null for everybody. */
  readonly scope: Scope | null;
  /** One line for the docs. */
  readonly summary: string;
  readonly description: string;
  /** Shape of the body; undefined for none. */
  readonly body?: z.ZodType<B>;
  /** Shape of the body in the docs, where rows are checked one by one. @default body */
  readonly documented?: z.ZodType;
  /** What the parts of the path are, by name. */
  readonly params?: Readonly<Record<string, string>>;
  /** Whether Idempotency-Key has an effect, and which. */
  readonly keyed?: string;
  /** Schema of the answer. */
  readonly answer: JsonSchema;
  /** Statuses of errors that this route alone gives, beside those of all, with what they mean. */
  readonly errors?: Readonly<Record<number, string>>;
  handle(asked: Asked<B>): Promise<unknown>;
}

/** A route as a list can hold it. */
export const route = <B>(of: ApiRoute<B>): ApiRoute => of as unknown as ApiRoute;
