// A network that can fail, between one client and the broker: connections that are cut, stand still or
// are slow, requests that never arrive, answers that are lost.
import { once } from 'node:events';
import {
  type AddressInfo,
  createServer,
  connect as dial,
  type Server,
  type Socket,
} from 'node:net';
import { Frames } from './frames.ts';

/** Api keys of the calls that make a transaction. */
export const calls = { produce: 0, addOffsets: 25, endTxn: 26, txnOffsetCommit: 28 } as const;

export type Call = keyof typeof calls;

export type Loss = 'request' | 'answer' | 'late';

/** Waits on several links for the next request of a kind; the first to come is caught, and only it. */
export class Trap {
  /** Index of the link that ran into it; undefined when none did in time. */
  readonly sprung: Promise<number | undefined>;
  private readonly apiKey: number;
  private readonly spring: (link: number | undefined) => void;
  private open = true;
  /**
   * What does not arrive: the request, the broker's answer to it; or the request arrives late, on another
   * connection, when the next records of the client have passed.
   */
  readonly lose: Loss;

  constructor(lose: Loss, call: Call, retryForMs: number) {
    const { promise, resolve } = Promise.withResolvers<number | undefined>();
    this.lose = lose;
    this.apiKey = calls[call];
    this.sprung = promise;
    const timer = setTimeout(() => {
      if (this.open) resolve(undefined);
      this.open = false;
    }, retryForMs);
    this.spring = (link) => {
      clearTimeout(timer);
      resolve(link);
    };
  }

  /** Whether this request is the one it waits for; it then waits for no other. */
  catches(apiKey: number): boolean {
    if (!this.open || apiKey !== this.apiKey) return false;
    this.open = false;
    return true;
  }

  /** What was to be lost is lost. */
  done(link: number): void {
    this.spring(link);
  }
}

/** One connection of the client and ours to the broker. */
interface Pair {
  readonly client: Socket;
  readonly broker: Socket;
}

export class Link implements AsyncDisposable {
  private readonly server: Server;
  private readonly target: number;
  private readonly pairs = new Set<Pair>();
  private trap: Trap | undefined;
  /** Its number among the links. */
  readonly index: number;
  private latencyMs = 0;
  /** A request that was held back, until it is delivered. */
  private late: Buffer | undefined;
  /** How many want nothing to pass. */
  private holds = 0;
  /** Called before records of the client pass. */
  onProduce: () => void = () => this.deliverLate();

  private constructor(server: Server, index: number, target: number) {
    this.server = server;
    this.index = index;
    this.target = target;
    server.on('connection', (client) => this.join(client));
  }

  /** Listens on a free port and passes on to `target`, both on this machine. */
  static async open(index: number, target: number): Promise<Link> {
    const server = createServer({ pauseOnConnect: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Link(server, index, target);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Ends every connection, what is under way in them included. */
  cut(): void {
    for (const { client, broker } of this.pairs) {
      client.destroy();
      broker.destroy();
    }
    this.pairs.clear();
  }

  /** Nothing passes any more, and nobody is told, until `release`. */
  hold(): void {
    this.holds++;
    for (const { client, broker } of this.pairs) {
      client.pause();
      broker.pause();
    }
  }

  release(): void {
    if (--this.holds > 0) return;
    for (const { client, broker } of this.pairs) {
      client.resume();
      broker.resume();
    }
  }

  /** Everything arrives so much later, ms. */
  slow(latencyMs: number): void {
    this.latencyMs = latencyMs;
  }

  /**
   * The connection that runs into the trap is dead from then on, though nobody is told: whoever set the
   * trap cuts it, or leaves it so.
   */
  set(trap: Trap): void {
    this.trap = trap;
  }

  /** A request from a connection that is gone comes to the broker after all. */
  deliverLate(): void {
    const { late } = this;
    if (!late) return;
    this.late = undefined;
    const broker = dial(this.target, '127.0.0.1', () => broker.write(late));
    broker.on('error', () => {});
    broker.once('data', () => broker.destroy());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    this.server.close();
    await once(this.server, 'close');
  }

  private join(client: Socket): void {
    const broker = dial(this.target, '127.0.0.1');
    const pair = { client, broker };
    this.pairs.add(pair);
    for (const socket of [client, broker]) {
      socket.setNoDelay(true);
      socket.on('error', () => {}); // 'close' follows
      socket.once('close', () => {
        this.pairs.delete(pair);
        client.destroy();
        broker.destroy();
      });
    }
    this.relay(pair);
    if (this.holds === 0) client.resume();
    else broker.pause();
  }

  private relay({ client, broker }: Pair): void {
    const [toBroker, toClient] = [new Line(broker), new Line(client)];
    const [requests, answers] = [new Frames(), new Frames()];
    let asked = 0;
    let answered = 0;
    let dead = false;
    /** The answer of this number is lost, and everything after it. */
    let losing: { readonly nth: number; readonly trap: Trap } | undefined;
    client.on('data', (chunk) => {
      for (const { bytes, frame } of requests.cut(chunk)) {
        if (dead) return;
        const { trap } = this;
        if (frame && trap?.catches(frame.apiKey)) {
          dead = trap.lose !== 'answer';
          if (trap.lose === 'late') this.late = bytes;
          if (dead) return trap.done(this.index);
          losing = { nth: asked, trap };
        }
        if (frame?.apiKey === calls.produce) this.onProduce();
        if (frame) asked++;
        toBroker.send(bytes, this.latencyMs);
      }
    });
    broker.on('data', (chunk) => {
      for (const { bytes, last } of answers.cut(chunk)) {
        if (dead) return;
        if (losing?.nth === answered) {
          dead = true;
          return losing.trap.done(this.index);
        }
        toClient.send(bytes, this.latencyMs);
        if (last) answered++;
      }
    });
    // The caught request may never be answered.
    client.once('close', () => losing?.trap.done(this.index));
  }
}

/** One direction of a connection: what is sent arrives later, and in order whatever the latency does. */
class Line {
  private readonly to: Socket;
  private readonly waiting: Buffer[] = [];
  private free = 0;

  constructor(to: Socket) {
    this.to = to;
  }

  send(bytes: Buffer, latencyMs: number): void {
    if (latencyMs === 0 && this.waiting.length === 0) {
      this.to.write(bytes);
      return;
    }
    const now = performance.now();
    this.free = Math.max(this.free, now + latencyMs);
    this.waiting.push(bytes);
    // Whichever timer fires first lets the first one go.
    setTimeout(() => this.to.destroyed || this.to.write(this.waiting.shift()!), this.free - now);
  }
}
