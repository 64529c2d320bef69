// A machine with a disk, on which a member runs: the real pipeline, in one life after the other.
import type { Logger } from 'pino';
import { Pipeline } from '../../infra/kafka/pipeline.ts';
import { type Backing, MemoryBacking } from '../../streams/engine/store.ts';
import type { Topology } from '../../streams/engine/topology.ts';
import type { Node } from './broker/cluster.ts';
import type { World } from './client/connection.ts';
import { simulatedKafka } from './client/kafka.ts';
import { Disk } from './disk.ts';
import { codecsOf } from './job/codecs.ts';
import { Life } from './life.ts';
import type { Mutant } from './mutants.ts';

export interface HostEnvironment extends World {
  readonly registry: Node;
  readonly topology: Topology;
  readonly mutant: Mutant | undefined;
  /** Whether state is kept on the disk, or in memory. */
  readonly onDisk: boolean;
  readonly limits: { readonly records: number };
  readonly retryForMs: number;
}

/** Time that a member may take to end in good order, ms, before it is killed. */
const stopMs = 20_000;

/** Pause of whoever begins a member again that has ended, ms. */
const beginAgainMs = 700;

export class Host {
  readonly name: string;
  readonly disk = new Disk();
  /** The stores of the life that goes on, by `store/partition`. */
  stores = new Map<string, Backing<unknown>>();
  life: Life | undefined;
  /** Whether a member is to run here. */
  wanted = true;
  private readonly env: HostEnvironment;
  private pipeline: Pipeline | undefined;
  private lives = 0;

  constructor(name: string, env: HostEnvironment) {
    this.name = name;
    this.env = env;
  }

  /** Tasks of the first stage that run here. */
  get running(): readonly number[] {
    return this.pipeline?.stages[0]?.running ?? [];
  }

  start(): void {
    if (this.life) return;
    const { env } = this;
    const { cluster, trace, topology, registry } = env;
    const life = new Life(`${this.name}.${++this.lives}`, cluster.time);
    this.life = life;
    trace.say(() => `${life.name} begins`);
    this.stores = new Map();
    const keep = (name: string, backing: Backing<unknown>) => this.stores.set(name, backing);
    const inMemory = (def: { readonly name: string }, partition: number) => {
      const backing = new MemoryBacking<unknown>();
      keep(`${def.name}/${partition}`, backing);
      return backing;
    };
    const pipeline = new Pipeline({
      kafka: simulatedKafka({ ...env, life }),
      application: 'sim',
      topology,
      codecs: codecsOf(life, registry, env),
      nameOf: ({ name }) => name,
      log: loggerOf(env, life),
      clock: life.clock,
      limits: env.limits,
      policy: { gap: 'skip', retryForMs: env.retryForMs, firstPauseMs: 100 },
      timing: { sessionTimeoutMs: 6_000, heartbeatIntervalMs: 1_500 },
      openBacking: env.onDisk ? this.disk.opener(keep) : inMemory,
    });
    this.pipeline = pipeline;
    const ended = (error: unknown) => {
      if (this.life !== life) return;
      trace.say(() => `${life.name} ends: ${error}`);
      this.kill();
      cluster.time.after(beginAgainMs, () => {
        if (this.wanted) this.start();
      });
    };
    pipeline.failed.catch(ended);
    pipeline.start().catch(ended);
  }

  /** The process dies, without a word. */
  kill(): void {
    const { life, env } = this;
    if (!life) return;
    env.trace.say(() => `${life.name} dies`);
    life.die(env.cluster.chaos.chance(0.5));
    this.life = undefined;
    this.pipeline = undefined;
    if (env.mutant?.disk) this.disk.loseLatest();
    else if (env.cluster.chaos.chance(0.4)) this.disk.wipe();
  }

  /**
   * The process ends in good order, or is killed if it takes too long.
   * @param ms longest time, ms
   */
  async stop(ms = stopMs): Promise<void> {
    const { life, pipeline, env } = this;
    if (!life || !pipeline) return;
    env.trace.say(() => `${life.name} is asked to end`);
    const late = new Promise<boolean>((resolve) => {
      env.cluster.time.after(ms, () => resolve(false));
    });
    const inTime = await Promise.race([pipeline[Symbol.asyncDispose]().then(() => true), late]);
    if (this.life !== life) return;
    if (!inTime) this.kill();
    env.trace.say(() => `${life.name} has ended`);
    this.life = undefined;
    this.pipeline = undefined;
    life.die(true);
  }
}

/** A logger whose words go into the trace. */
function loggerOf({ trace }: World, life: Life): Logger {
  const say = (fields: object, text?: string) =>
    trace.say(() => `${life.name} ${text ?? ''} ${JSON.stringify(fields)}`);
  const quiet = () => {};
  return { debug: quiet, trace: quiet, info: say, warn: say, error: say } as unknown as Logger;
}
