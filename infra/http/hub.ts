// Server-sent events to a bounded number of readers. A frame is a whole state, so a reader that is
// slow just misses some; one that stays stuck is dropped, and memory holds one frame a reader.
import type { ServerResponse } from 'node:http';

export interface HubOptions {
  /** Readers at the same time. @default 32 */
  maxClients?: number;
  /** Frames in a row that a reader may fail to take before it is dropped. @default 10 */
  maxMissed?: number;
}

export class Hub {
  readonly #clients = new Map<ServerResponse, number>();
  readonly #maxClients: number;
  readonly #maxMissed: number;

  constructor(options: HubOptions = {}) {
    this.#maxClients = options.maxClients ?? 32;
    this.#maxMissed = options.maxMissed ?? 10;
  }

  get size(): number {
    return this.#clients.size;
  }

  get full(): boolean {
    return this.#clients.size >= this.#maxClients;
  }

  add(response: ServerResponse): void {
    this.#clients.set(response, 0);
    const drop = () => this.#clients.delete(response);
    response.on('close', drop);
    response.on('error', drop);
  }

  /** Sends to one reader; `data` is one line. */
  send(response: ServerResponse, event: string, data: string): void {
    response.write(`event: ${event}\ndata: ${data}\n\n`);
  }

  /** Sends to all readers that can take it. */
  broadcast(event: string, data: string): void {
    for (const [response, missed] of this.#clients) {
      if (!response.writableNeedDrain) {
        this.#clients.set(response, 0);
        this.send(response, event, data);
      } else if (missed + 1 >= this.#maxMissed) {
        this.#clients.delete(response);
        response.destroy();
      } else {
        this.#clients.set(response, missed + 1);
      }
    }
  }

  close(): void {
    for (const response of this.#clients.keys()) response.end();
    this.#clients.clear();
  }
}
