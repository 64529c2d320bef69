// Adapters in service, one at a time. A new one is checked and read while calls go on; what happens
// between two calls is only that the contexts are told.
import type { Adapter } from '../../models/llm/port.ts';
import { MillraceError } from '../../schemas/errors.ts';
import { checkAdapter } from './gguf/adapter.ts';
import { type Gguf, readGguf } from './gguf/read.ts';
import type { Native, NativeLora } from './native.ts';

export interface LoadedAdapter {
  readonly version: number;
  readonly scale: number;
  /** The adapter; absent if none is to be in service. */
  readonly lora?: NativeLora;
}

export const NONE: LoadedAdapter = { version: 0, scale: 1 };

/**
 * The adapters of a model file.
 * @throws MillraceError `gguf-invalid`, `adapter-mismatch`, `llama-failed`
 */
export class Adapters {
  readonly #path: string;
  readonly #name: string;
  readonly #native: Native;
  #model: Promise<Gguf> | undefined;

  /** @param name the model's name */
  constructor(path: string, name: string, native: Native) {
    this.#path = path;
    this.#name = name;
    this.#native = native;
  }

  async load(adapter: Adapter | undefined): Promise<LoadedAdapter> {
    if (!adapter) return NONE;
    this.#model ??= readGguf(this.#path);
    await checkAdapter(adapter.path, await this.#model, this.#name);
    const lora = await this.#native.loadLora(adapter.path).catch((cause: unknown) => {
      throw new MillraceError({
        code: 'llama-failed',
        what: `The adapter ${adapter.path} could not be read by the engine.`,
        why: cause instanceof Error ? cause.message : String(cause),
        remedy: 'retry',
        cause,
      });
    });
    return { version: adapter.version, scale: adapter.scale ?? 1, lora };
  }
}

/** Puts an adapter on a context; it holds from the next batch on. */
export function apply({ lora, scale }: LoadedAdapter, { context }: Native): void {
  if (lora) context.setLoras([lora], [scale]);
  else context.setLoras([], []);
}
