// kafkajs 2.2.4 forgets which call a broker refused, and tries again for a minute where a certificate was
// refused. Here the error keeps the name of the call, and a refused certificate is final.
import { isCertificateRefused } from './broker-errors.ts';

interface Call {
  readonly request: { readonly apiName: string };
}

interface Refused {
  readonly type?: string;
  api?: string;
  /** Errors of several topics. */
  readonly errors?: readonly Refused[];
}

type Send = (this: object, call: Call) => Promise<unknown>;
type Connect = (this: object) => Promise<unknown>;

/** Wraps a connection's `send`: an error of the protocol says of which call it is. */
export function namingCalls(send: Send): Send {
  return async function (call) {
    try {
      return await send.call(this, call);
    } catch (error) {
      for (const refused of [error as Refused, ...((error as Refused).errors ?? [])]) {
        if (refused.type !== undefined) refused.api ??= call.request.apiName;
      }
      throw error;
    }
  };
}

/** Wraps a connection's `connect`: a refused certificate is refused again. */
export function endingAtCertificates(connect: Connect): Connect {
  return async function () {
    try {
      return await connect.call(this);
    } catch (error) {
      if (isCertificateRefused(error)) (error as { retriable?: boolean }).retriable = false;
      throw error;
    }
  };
}
