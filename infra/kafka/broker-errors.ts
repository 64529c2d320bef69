// The errors of the Kafka client as people are told of them: what failed, by its cause. The client wraps
// errors in others and forgets what they were of, so the whole chain of causes is looked at.
import { MillraceError } from '../../schemas/errors.ts';
import { lackingRight, refusalOf } from './refusals.ts';

interface ClientError extends Error {
  /** Name of an error of the protocol. */
  readonly type?: string;
  /** Code of an error of the system or of TLS. */
  readonly code?: string | number;
  /** Name of the call that was refused, see named-calls.ts. */
  readonly api?: string;
  readonly topic?: string;
  /** Address of the broker, `host:port`. */
  readonly broker?: string;
  /** Errors of several topics. */
  readonly errors?: readonly Error[];
}

/**
 * Whether an error is the Kafka client's own: a broker did not do something, or could not be
 * reached.
 */
export function isClientError(error: unknown): error is Error {
  return error instanceof Error && error.name.startsWith('KafkaJS');
}

/** The error and what caused it, as far as it is the client's. */
function chainOf(error: Error): ClientError[] {
  const chain: ClientError[] = [];
  const add = (one: unknown) => {
    if (!(one instanceof Error) || chain.includes(one) || chain.length > 10) return;
    chain.push(one);
    add(one.cause);
    for (const inner of (one as ClientError).errors ?? []) add(inner);
  };
  add(error);
  return chain;
}

/** Codes of Node and OpenSSL for a handshake that failed. */
const tlsCode =
  /^(ERR_SSL|ERR_TLS|ERR_OSSL|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH)/;

/** Whether a certificate was refused, by one side or the other: it will be again. */
export function isCertificateRefused(error: unknown): boolean {
  const { code, message } = error as ClientError;
  return tlsCode.test(String(code)) || /ssl\/tls alert/i.test(message);
}

/** Whether a connection failed in the handshake of TLS. */
const isTlsFailure = (error: ClientError) =>
  isCertificateRefused(error) || /secure TLS connection/.test(error.message);

/** The error of the protocol; of several topics, one that was not there already. */
const typeIn = (chain: readonly ClientError[]) =>
  chain.find(({ type }) => type !== undefined && type !== 'TOPIC_ALREADY_EXISTS');

/** The client's error in our words. @param error one of the client's own, see isClientError */
export function brokerError(error: Error): MillraceError {
  const chain = chainOf(error);
  const tls = chain.find(isTlsFailure);
  if (tls) return tlsFailed(tls, error);
  const login = chain.find(isLoginFailure);
  if (login) return loginRefused(login, error);
  const typed = typeIn(chain);
  return (typed && refused(typed, error)) ?? unavailable(chain, error);
}

function tlsFailed(found: ClientError, cause: Error): MillraceError {
  return new MillraceError({
    code: 'broker-tls',
    what: `TLS with ${found.broker ?? 'a broker'} cannot be set up.`,
    why: firstLine(found.message),
    todo: 'Check KAFKA_SSL, KAFKA_SSL_CA (who signed the certificates of the brokers) and, where a client needs a certificate, KAFKA_SSL_CERT and KAFKA_SSL_KEY.',
    // Whoever hangs up in the handshake may be a broker that is being stopped.
    remedy: isCertificateRefused(found) ? 'halt' : 'retry',
    cause,
  });
}

const isLoginFailure = ({ name, type }: ClientError) =>
  /SASL/.test(name) ||
  ['SASL_AUTHENTICATION_FAILED', 'UNSUPPORTED_SASL_MECHANISM', 'SECURITY_DISABLED'].includes(
    type ?? '',
  );

function loginRefused(found: ClientError, cause: Error): MillraceError {
  return new MillraceError({
    code: 'broker-login',
    what: 'The brokers refuse the login.',
    why: firstLine(found.message),
    todo: 'Check KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD.',
    cause,
  });
}

/** The error for an answer that refuses; undefined for one that nobody does it at the moment. */
function refused(found: ClientError, cause: Error): MillraceError | undefined {
  const { api, topic, message } = found;
  const type = found.type!;
  const right = lackingRight(type, api);
  const during = [api, topic && `topic ${topic}`].filter(Boolean).join(', ');
  const why = `${firstLine(message)} (${type}${during && `, in ${during}`})`;
  if (right !== undefined) {
    return new MillraceError({
      code: 'broker-access',
      what: `The brokers do not allow a call: it needs ${right}${topic ? ` ${topic}` : ''}.`,
      why,
      todo: '`millrace topics --acls` prints every right that is needed, as commands of kafka-acls.sh.',
      cause,
    });
  }
  if (type === 'UNKNOWN_TOPIC_OR_PARTITION') {
    return new MillraceError({
      code: 'topic-missing',
      what: topic ? `The topic ${topic} does not exist.` : 'A topic does not exist.',
      why,
      todo: 'Start Millrace again: it creates its topics. What a deleted topic held is gone.',
      remedy: 'retry',
      cause,
    });
  }
  const refusal = refusalOf(type);
  if (!refusal) return undefined;
  return new MillraceError({
    code: 'broker-refused',
    what: refusal.what,
    why,
    todo: refusal.todo,
    remedy: refusal.passes ? 'retry' : 'halt',
    cause,
  });
}

const unreachable = /ConnectionError|RequestTimeout|BrokerNotFound|LockTimeout/;

function unavailable(chain: readonly ClientError[], cause: Error): MillraceError {
  const closed = chain.some(({ name }) => name === 'KafkaJSConnectionClosedError');
  const silent = chain.find(({ name }) => unreachable.test(name));
  const said = typeIn(chain);
  const shared = { code: 'broker-unavailable', remedy: 'retry', cause } as const;
  if (closed) {
    return new MillraceError({
      ...shared,
      what: 'A broker closed the connection without an answer.',
      why: firstLine(cause.message),
      todo: 'It is being stopped; or it wants TLS (KAFKA_SSL) or a login (KAFKA_SASL_*), and was spoken to without.',
    });
  }
  if (silent && !said) {
    return new MillraceError({
      ...shared,
      what: 'No broker answers.',
      why: [silent.broker, firstLine(silent.message)].filter(Boolean).join(': '),
      todo: 'Check KAFKA_BROKERS, and that the brokers run (`millrace doctor`); their logs tell more.',
    });
  }
  return new MillraceError({
    ...shared,
    what: 'The brokers cannot do at the moment what they are asked.',
    why: said ? `${firstLine(said.message)} (${said.type})` : firstLine(cause.message),
    todo: 'A partition or a group has no leader yet. If that lasts, look at the brokers and their logs.',
  });
}

/** Messages of OpenSSL and of wrapped errors go on for lines. */
function firstLine(message: string): string {
  return message.split('\n')[0]!.trim();
}
