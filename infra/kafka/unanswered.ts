// A connection that has not answered a request in time may carry nothing any more: a firewall that forgot it
// says so to nobody. kafkajs 2.2.4 keeps it and asks again on it, for a quarter of an hour in the calls that
// open a task. Here it is closed, as Kafka's own clients do, so that the next call opens another.
import { createRequire } from 'node:module';

interface Socket {
  removeAllListeners(): void;
  on(event: 'error', listener: () => void): void;
  destroy(): void;
}

export interface ClientConnection {
  readonly socket?: Socket | null;
  readonly host: string;
  readonly port: number;
  rejectRequests(error: Error): void;
  disconnect(): Promise<unknown>;
}

type Send = (this: ClientConnection, ...args: unknown[]) => Promise<unknown>;

const { KafkaJSConnectionClosedError } = createRequire(import.meta.url)('kafkajs/src/errors') as {
  KafkaJSConnectionClosedError: new (
    message: string,
    at: { readonly host: string; readonly port: number },
  ) => Error;
};

/** Wraps a connection's `send`: after a request that timed out, the connection is closed. */
export function closingUnanswered(send: Send): Send {
  return async function (...args) {
    const { socket } = this;
    try {
      return await send.apply(this, args);
    } catch (error) {
      // Of several requests that time out the first has closed it, and the next ones have another.
      const own = socket != null && this.socket === socket;
      if (own && (error as Error).name === 'KafkaJSRequestTimeoutError') await close(this, socket);
      throw error;
    }
  };
}

async function close(connection: ClientConnection, socket: Socket): Promise<void> {
  const { host, port } = connection;
  connection.rejectRequests(new KafkaJSConnectionClosedError('Closed connection', { host, port }));
  await connection.disconnect();
  // Whatever it says later is not about the connection that follows.
  socket.removeAllListeners();
  socket.on('error', () => {});
  socket.destroy();
}
