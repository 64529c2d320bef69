// What people are told of the client's errors: by their cause, however deep the client has wrapped it.
import { describe, expect, it } from '@jest/globals';
import * as client from 'kafkajs';
import { brokerError } from '../../infra/kafka/broker-errors.ts';
import { forPeople, mayPass } from '../../infra/kafka/failures.ts';
import { namingCalls } from '../../infra/kafka/named-calls.ts';
import { protocolError } from '../../infra/kafka/wire/cluster.ts';

const { KafkaJSConnectionError, KafkaJSNumberOfRetriesExceeded } = client;

/** As the client wraps an error that it has met too often. */
const tooOften = (error: Error) =>
  new KafkaJSNumberOfRetriesExceeded(error, { retryCount: 5, retryTime: 1, cause: error } as never);

const connection = (message: string, code?: string) =>
  new KafkaJSConnectionError(`Connection error: ${message}`, {
    broker: 'a:9093',
    ...(code === undefined ? {} : { code }),
  });

describe('an error of the client', () => {
  it.each([
    ['refused', connection('connect ECONNREFUSED a:9093', 'ECONNREFUSED')],
    ['without a name', connection('getaddrinfo ENOTFOUND a', 'ENOTFOUND')],
    ['silent', new KafkaJSConnectionError('Connection timeout', { broker: 'a:9093' })],
  ])('for a broker that is away (%s) says that none answers', (_, error) => {
    for (const one of [error, tooOften(error)]) {
      expect(brokerError(one)).toMatchObject({
        code: 'broker-unavailable',
        remedy: 'retry',
        message: expect.stringMatching(/^No broker answers\.\n.*a:9093/),
      });
    }
  });

  it.each([
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unable to verify the first certificate', false],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'self-signed certificate in certificate chain', false],
    ['CERT_HAS_EXPIRED', 'certificate has expired', false],
    ['ERR_TLS_CERT_ALTNAME_INVALID', "Hostname/IP does not match certificate's altnames", false],
    ['ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE', 'ssl/tls alert bad certificate', false],
    ['ECONNRESET', 'Client network socket disconnected before secure TLS connection', true],
  ])('of TLS names it: %s', (code, message, passes) => {
    const error = tooOften(connection(message, code));
    expect(brokerError(error)).toMatchObject({
      code: 'broker-tls',
      why: expect.stringContaining(message),
    });
    expect(mayPass(error)).toBe(passes);
  });

  it('for a connection that was closed asks whether TLS or a login is missing', () => {
    const error = Object.assign(new KafkaJSConnectionError('Closed connection'), {
      name: 'KafkaJSConnectionClosedError',
    });
    expect(brokerError(tooOften(error))).toMatchObject({
      code: 'broker-unavailable',
      todo: expect.stringMatching(/KAFKA_SSL.*KAFKA_SASL/),
      remedy: 'retry',
    });
  });

  it.each([
    [29, 'Fetch', 'Read on the topic t'],
    [29, 'Produce', 'Write on the topic t'],
    [29, 'Metadata', 'Describe on the topic t'],
    [30, 'JoinGroup', 'Read on the group t'],
    [30, 'OffsetFetch', 'Describe on the group t'],
    [53, 'InitProducerId', 'Write on the transactional id t'],
    [31, 'CreateTopics', 'Create on the topic or the cluster t'],
  ])('for a right that is missing (%d in %s) names it: %s', (code, api, right) => {
    const error = brokerError(protocolError(code, { api, topic: 't' }));
    expect(error).toMatchObject({ code: 'broker-access', remedy: 'halt' });
    expect(error.message).toContain(`it needs ${right}`);
    expect(error.todo).toContain('--acls');
  });

  it.each([
    [32, 'broker-refused', 'halt', 'for its time'],
    [19, 'broker-refused', 'retry', 'Too few replicas'],
    [20, 'broker-refused', 'retry', 'Too few replicas'],
    [35, 'broker-refused', 'halt', 'does not know a call'],
    [38, 'broker-refused', 'halt', 'so many replicas'],
    [44, 'broker-refused', 'halt', 'A policy'],
    [-1, 'broker-refused', 'retry', 'refuses what it is asked'],
    [3, 'topic-missing', 'retry', 'The topic t does not exist'],
    [5, 'broker-unavailable', 'retry', 'at the moment'],
    [7, 'broker-unavailable', 'retry', 'at the moment'],
    [33, 'broker-login', 'halt', 'refuse the login'],
    [58, 'broker-login', 'halt', 'refuse the login'],
  ])('of the protocol (%d) is %s, %s', (code, name, remedy, words) => {
    const error = tooOften(protocolError(code, { api: 'Produce', topic: 't' }));
    expect(brokerError(error)).toMatchObject({ code: name, remedy });
    expect(brokerError(error).message).toContain(words);
  });

  it('of several topics is told of the one that was not there already', () => {
    const of = (code: number) => protocolError(code, { topic: `t${code}` });
    const error = Object.assign(new Error('Topic creation errors'), {
      name: 'KafkaJSAggregateError',
      errors: [of(36), of(29)],
    });
    expect(forPeople(error)).toMatchObject({
      code: 'broker-access',
      why: expect.stringContaining('topic t29'),
    });
  });

  it('is none where it is somebody else’s', () => {
    const error = new Error('a step failed');
    expect(forPeople(error)).toBe(error);
    expect(mayPass(error)).toBe(false);
  });
});

describe('a refused call', () => {
  it('is named by the connection that made it', async () => {
    const send = namingCalls(async () => Promise.reject(protocolError(29)));
    const refused = await send
      .call({}, { request: { apiName: 'Fetch' } })
      .catch((error: Error) => brokerError(error).message);
    expect(refused).toContain('Read on the topic');
  });
});
