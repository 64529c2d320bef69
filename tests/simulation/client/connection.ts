// One connection of a process to a broker. Frames arrive in their order; the broker takes one at a time; it
// may be cut with frames in flight, of which some still arrive, later.
import type { Answer, ApiName, Ask } from '../broker/api.ts';
import type { Node, SimulatedCluster } from '../broker/cluster.ts';
import { handlers } from '../broker/serve.ts';
import type { Cuttable, Life } from '../life.ts';
import type { Trace } from '../trace.ts';
import { closed, connectTimedOut, refused, timedOut } from './errors.ts';

const connectTimeoutMs = 5_000;
const requestTimeoutMs = 10_000;

interface Pending {
  readonly reject: (error: Error) => void;
  readonly callOff: () => void;
}

export interface World {
  readonly cluster: SimulatedCluster;
  readonly trace: Trace;
  /** Whether a connection stays open that has not answered in time. */
  readonly keepsUnanswered?: boolean | undefined;
}

export class Connection implements Cuttable {
  readonly node: Node;
  private readonly life: Life;
  private readonly world: World;
  private state: 'closed' | 'open' = 'closed';
  /** Whether nothing passes any more; the client may not know yet. */
  private severed = false;
  /** Whether what is in flight does not arrive any more. */
  private dropped = false;
  private brokerLife = 0;
  /** Times at which the latest frame each way arrives, ms. */
  private arrivesAt = 0;
  private returnsAt = 0;
  private readonly pending = new Set<Pending>();
  /** Frames at the broker, of which the first is being served. */
  private readonly served: (() => void)[] = [];
  private opening: Promise<void> | undefined;

  constructor(life: Life, node: Node, world: World) {
    this.life = life;
    this.node = node;
    this.world = world;
  }

  get isOpen(): boolean {
    return this.state === 'open';
  }

  /** Opens the connection, if it is not. */
  async open(): Promise<void> {
    if (this.state === 'open') return;
    this.opening ??= this.connect().finally(() => {
      this.opening = undefined;
    });
    return this.opening;
  }

  /** @param waitMs time that the broker may take to answer besides, ms */
  send<A extends ApiName>(api: A, ask: Ask<A>, waitMs = 0): Promise<Answer<A>> {
    if (this.state !== 'open') return Promise.reject(closed());
    const { cluster, trace } = this.world;
    return new Promise((resolve, reject) => {
      const callOff = this.life.deliver(requestTimeoutMs + waitMs, () => {
        this.pending.delete(pending);
        // As the client is patched to do.
        if (!this.world.keepsUnanswered) this.close();
        reject(timedOut(api));
      });
      const pending: Pending = { reject, callOff };
      this.pending.add(pending);
      if (this.severed) return;
      const fate = cluster.chaos.fateOf(api);
      if (fate !== 'arrives') trace.say(() => `${this.name} ${api}: ${fate}`);
      const respond = (answer: Answer<A>) => {
        if (fate === 'answer-lost') this.cut();
        this.giveBack(() => {
          trace.say(() => `${this.name} ${api} ${brief(ask)} → ${brief(answer)}`);
          if (!this.pending.delete(pending)) return;
          callOff();
          resolve(answer);
        });
      };
      if (fate === 'lost' || fate === 'black-hole') return this.cut(fate === 'lost');
      this.arrive(fate === 'late' ? cluster.chaos.lateness() : 0, (done) => {
        if (fate === 'late') trace.say(() => `${this.name} ${api} arrives late`);
        handlers[api](cluster, this.node, ask, (answer) => {
          respond(answer);
          done();
        });
      });
      if (fate === 'late') this.cut();
    });
  }

  /** Cuts the connection. @param told whether the client notices */
  cut(told = true): void {
    if (this.severed || this.state !== 'open') return;
    this.severed = true;
    if (told) this.life.deliver(this.world.cluster.chaos.notice(), () => this.close());
  }

  abandon(inFlight: boolean): void {
    this.severed = true;
    this.dropped = !inFlight;
  }

  /** Closes it on the client's side. */
  close(): void {
    this.state = 'closed';
    this.severed = true;
    this.life.connections.delete(this);
    const pending = [...this.pending];
    this.pending.clear();
    for (const { reject, callOff } of pending) {
      callOff();
      reject(closed());
    }
  }

  private get name(): string {
    return `${this.life.name}→${this.node.id}`;
  }

  private async connect(): Promise<void> {
    const { cluster } = this.world;
    const { life, node } = this;
    const away = life.reachableAt - cluster.time.now;
    if (away > 0) {
      await life.clock.sleep(connectTimeoutMs);
      throw connectTimedOut(node.id);
    }
    await life.clock.sleep(cluster.chaos.delay() + cluster.chaos.delay());
    if (!node.alive) throw refused(node.id);
    this.state = 'open';
    life.connections.add(this);
    this.severed = false;
    this.brokerLife = node.life;
    this.arrivesAt = this.returnsAt = 0;
    this.served.length = 0;
  }

  /** Brings a frame to the broker, which serves it when those before are answered. */
  private arrive(lateness: number, serve: (done: () => void) => void): void {
    const { time, chaos } = this.world.cluster;
    const { node, brokerLife, served } = this;
    const from = Math.max(time.now, this.life.reachableAt);
    this.arrivesAt = Math.max(this.arrivesAt, from + chaos.delay() + lateness);
    time.after(this.arrivesAt - time.now, () => {
      if (this.dropped) return;
      if (!node.alive || node.life !== brokerLife) return this.cut();
      const next = () => {
        if (!node.alive || node.life !== brokerLife) return;
        serve(() => {
          served.shift();
          if (served[0]) time.after(0, served[0]);
        });
      };
      served.push(next);
      if (served.length === 1) next();
    });
  }

  /** Brings an answer back. */
  private giveBack(take: () => void): void {
    if (this.severed) return;
    const { time, chaos } = this.world.cluster;
    const from = Math.max(time.now, this.life.reachableAt);
    this.returnsAt = Math.max(this.returnsAt, from + chaos.delay());
    this.life.deliver(this.returnsAt - time.now, () => {
      if (!this.severed) take();
    });
  }
}

/** A request or an answer in a line. */
function brief(value: object): string {
  const short = JSON.stringify(value, (_key, of: unknown) => {
    if (of instanceof Map) return [...of];
    if (typeof of === 'object' && of !== null && 'data' in of) return 'bytes';
    return of;
  });
  return short.length > 300 ? `${short.slice(0, 300)}…` : short;
}
