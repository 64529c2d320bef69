// The language model in a process of its own, behind the same port as in this one.
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type {
  AdaptableModel,
  Adapter,
  GenerateOptions,
  Generation,
  Prompt,
  Scored,
} from '../../models/llm/port.ts';
import { MillraceError } from '../../schemas/errors.ts';
import { ownModule } from '../own-file.ts';
import { untied } from './gguf/untied.ts';
import type { Call, Reply } from './messages.ts';
import { type LlamaOptions, localFile } from './open.ts';

/**
 * Shortest time between two starts of the process, ms. One that died is begun anew with the next
 * call.
 */
const restartEveryMs = 5_000;

interface Waiting {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
}

/** Opens a model in a process of its own. @throws MillraceError as `openLlama` */
export async function openLlamaProcess(options: LlamaOptions): Promise<AdaptableModel> {
  const first = await Child.open(options);
  return new LlamaProcess(options, first);
}

class LlamaProcess implements AdaptableModel {
  readonly name: string;
  readonly width: number;
  /** Options of the model, with the adapter in service, so that a process begun anew has it too. */
  private options: LlamaOptions;
  private child: Promise<Child>;
  private begun = performance.now();
  private closed = false;
  /** Settles when the swap of adapters asked for last is over. */
  private swap: Promise<unknown> = Promise.resolve();

  constructor(options: LlamaOptions, first: Child) {
    this.options = options;
    this.child = Promise.resolve(first);
    this.name = first.name;
    this.width = first.width;
  }

  async embed(text: string): Promise<Float32Array> {
    const reply = await this.call((id) => ({ id, embed: text }));
    return 'vector' in reply ? reply.vector : unexpected();
  }

  async score(prefix: string, continuations: readonly string[]): Promise<number[]> {
    const { scores } = await this.scored(prefix, continuations);
    return [...scores];
  }

  async scored(prefix: string, continuations: readonly string[]): Promise<Scored> {
    const reply = await this.call((id) => ({ id, prefix, score: continuations }));
    return 'scored' in reply ? reply.scored : unexpected();
  }

  async hidden(text: string): Promise<Float32Array[]> {
    const reply = await this.call((id) => ({ id, hidden: text }));
    return 'states' in reply ? [...reply.states] : unexpected();
  }

  get adapter(): number {
    return this.options.adapter?.version ?? 0;
  }

  setAdapter(adapter: Adapter | undefined): Promise<void> {
    // One after the other: opening a copy takes longer than a change of adapters.
    const swap = this.swap.then(async () => {
      const { adapter: _before, ...options } = this.options;
      const next = adapter ? { ...options, adapter } : options;
      const model = adapter ? await this.adaptable() : options.model;
      if (model === options.model) await this.call((id) => ({ id, adapt: adapter }));
      else await this.goOverTo({ ...next, model });
      this.options = { ...next, model };
    });
    this.swap = swap.catch(() => undefined);
    return swap;
  }

  /** Path of the model's file, or of a copy whose output an adapter can stand on. */
  private async adaptable(): Promise<string> {
    const { model, downloads, untiedCopies } = this.options;
    if (untiedCopies === undefined) return model;
    const file = await localFile(model, downloads);
    const path = await untied(file, untiedCopies, this.name);
    return path === file ? model : path;
  }

  /**
   * Changes to a process with other options. Calls go on meanwhile; those under way at the change
   * are answered by the process before.
   */
  private async goOverTo(options: LlamaOptions): Promise<void> {
    const before = this.child;
    const next = await Child.open(options);
    if (this.closed) return await next.end();
    this.child = Promise.resolve(next);
    const old = await before.catch(() => undefined);
    old?.retire();
  }

  async generate(prompt: Prompt, options: GenerateOptions): Promise<Generation> {
    const reply = await this.call((id) => ({ id, generate: prompt, options }));
    return 'generation' in reply ? reply.generation : unexpected();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.closed = true;
    const child = await this.child.catch(() => undefined);
    await child?.end();
  }

  private async call(make: (id: number) => Call): Promise<Reply> {
    const child = await this.child.catch(() => undefined);
    if (child?.alive) return child.call(make);
    if (this.closed || performance.now() - this.begun < restartEveryMs) throw gone();
    this.begun = performance.now();
    this.child = Child.open(this.options);
    return (await this.child).call(make);
  }
}

class Child {
  readonly name: string;
  readonly width: number;
  alive = true;
  private retired = false;
  private readonly process: ChildProcess;
  private readonly waiting = new Map<number, Waiting>();
  private next = 1;

  private constructor(process: ChildProcess, ready: { name: string; width: number }) {
    this.process = process;
    this.name = ready.name;
    this.width = ready.width;
    process.on('message', (reply: Reply) => this.receive(reply));
    process.on('exit', () => this.died());
  }

  static async open(options: LlamaOptions): Promise<Child> {
    const child = fork(fileURLToPath(ownModule(new URL('./child.ts', import.meta.url))), {
      serialization: 'advanced',
      // Nothing the engine prints may reach stdout, which belongs to results.
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      execArgv: ['--no-warnings'],
    });
    const { promise, resolve, reject } = Promise.withResolvers<Reply>();
    child.once('message', resolve);
    child.once('exit', () => reject(gone()));
    child.once('error', reject);
    child.send({ open: options });
    const reply = await promise;
    if ('ready' in reply) return new Child(child, reply.ready);
    child.kill();
    throw 'error' in reply ? new MillraceError(reply.error) : gone();
  }

  async call(make: (id: number) => Call): Promise<Reply> {
    const id = this.next++;
    const { promise, resolve, reject } = Promise.withResolvers<Reply>();
    this.waiting.set(id, { resolve, reject });
    this.process.send(make(id), (error) => {
      if (error) this.died();
    });
    const reply = await promise;
    if ('error' in reply) throw new MillraceError(reply.error);
    return reply;
  }

  /** Ends the process; what it was asked is not answered. */
  async end(): Promise<void> {
    if (!this.alive) return;
    const ended = new Promise((resolve) => this.process.once('exit', resolve));
    this.process.kill('SIGKILL'); // it keeps nothing that could be lost
    await ended;
  }

  /** Ends the process once everything it was asked is answered. */
  retire(): void {
    this.retired = true;
    if (this.waiting.size === 0) void this.end();
  }

  private receive(reply: Reply): void {
    if (!('id' in reply) || reply.id === undefined) return;
    this.waiting.get(reply.id)?.resolve(reply);
    this.waiting.delete(reply.id);
    if (this.retired && this.waiting.size === 0) void this.end();
  }

  private died(): void {
    this.alive = false;
    for (const { reject } of this.waiting.values()) reject(gone());
    this.waiting.clear();
  }
}

function gone(): MillraceError {
  return new MillraceError({
    code: 'llama-failed',
    what: 'The process of the language model has ended.',
    why: 'It crashed, or ran out of memory.',
    todo: 'It is begun anew by itself. If it happens again, try a smaller model with LLM_MODEL.',
    remedy: 'retry',
  });
}

function unexpected(): never {
  throw gone();
}
