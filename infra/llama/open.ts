// Opens a GGUF file as a language model, in this process.
//
// What a newcomer must know of node-llama-cpp 3.22.1:
// - Evaluation runs on one thread of libuv's pool (four by default, shared with file reads and DNS)
//   and does not hold up the event loop. Opening does, once: reading the vocabulary takes 150–200 ms
//   of it for 49,152 tokens. So open the model before the streams start.
// - Left alone it takes 4 threads or more even on two cores. Its threads spin at barriers, so one that
//   waits for a preempted one burns a core: two threads on two busy cores took eight times as long,
//   and five times the CPU, of one. So the number of threads is always given.
// - It tries its binary in a forked process that inherits `execArgv`; options such as `--input-type`
//   make that fail, and it then claims that there is no binary.
// - Its logger holds for the process, not for the instance: the last one opened decides.
// - It pads the context to a multiple of 256 tokens; `contextTokens` is our own bound.
import { availableParallelism } from 'node:os';
import type { Llama, LlamaModel } from 'node-llama-cpp';
import type { AdaptableModel, Adapter } from '../../models/llm/port.ts';
import { MillraceError } from '../../schemas/errors.ts';
import { checkModelFile, unreadable } from './check-file.ts';
import { modelName } from './gguf/model-name.ts';
import { LlamaLanguageModel } from './language-model.ts';

export interface LlamaOptions {
  /**
   * Path of a GGUF file, or `hf:user/model:quant`. The model's name is the file's, with a hash of
   * its content.
   */
  model: string;
  /** Folder for models named by `hf:`. @default the engine's own folder in the home directory */
  downloads?: string;
  /** Whether a GPU is used: `auto` uses one if it is there. @default 'auto' */
  gpu?: 'auto' | false;
  /**
   * Threads of an evaluation on the CPU. One core is left for everything else; take them all only
   * where nothing else runs.
   * @default cores − 1, from 1 to 8
   */
  threads?: number;
  /** Longest text with what is generated, tokens; longer texts are cut. @default 1024 */
  contextTokens?: number;
  /**
   * Folder for a copy of a model that reads its output from its token embeddings. The copy is made
   * and opened when the first adapter comes.
   * @default such a model takes no adapter
   */
  untiedCopies?: string;
  /** Adapter in service from the beginning. @default none */
  adapter?: Adapter;
}

/**
 * Opens a model.
 * @throws MillraceError `model-missing`, `model-unreadable`, `llama-unavailable`, and those of an
 * adapter
 */
export async function openLlama(options: LlamaOptions): Promise<AdaptableModel> {
  const { gpu = 'auto', contextTokens = 1024 } = options;
  const path = await localFile(options.model, options.downloads);
  const threads = options.threads ?? Math.min(8, Math.max(1, availableParallelism() - 1));
  await checkModelFile(path);
  const llama = await loadEngine(gpu);
  let model: LlamaModel | undefined;
  let opened: LlamaLanguageModel;
  try {
    const loaded = await llama.loadModel({ modelPath: path });
    model = loaded;
    const size = { contextSize: contextTokens, batchSize: contextTokens, threads };
    const openContext = (sequences: number, embeddings: boolean) =>
      // `_embeddings` (internal): the hidden state and the logits come from one evaluation.
      loaded.createContext({ ...size, sequences, _embeddings: embeddings } as typeof size);
    const context = await openContext(LlamaLanguageModel.sequences, false);
    const name = await modelName(path);
    // Where memory is short the engine opens a smaller context than it was asked for.
    const tokens = Math.min(contextTokens, context.contextSize);
    const parts = { llama, model, path, openContext, context, name, contextTokens: tokens };
    opened = new LlamaLanguageModel(parts);
  } catch (cause) {
    await model?.dispose();
    await llama.dispose();
    throw unreadable(path, cause instanceof Error ? cause.message : String(cause), cause);
  }
  if (options.adapter) await opened.setAdapter(options.adapter);
  return opened;
}

/**
 * Path of a model's file; one named by `hf:` is fetched once, and found again later.
 * @throws MillraceError `model-unreadable`
 */
export async function localFile(model: string, downloads?: string): Promise<string> {
  if (!model.startsWith('hf:')) return model;
  try {
    const { resolveModelFile } = await import('node-llama-cpp');
    return await resolveModelFile(model, {
      cli: false,
      ...(downloads ? { directory: downloads } : {}),
    });
  } catch (cause) {
    throw unreadable(model, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

async function loadEngine(gpu: 'auto' | false): Promise<Llama> {
  try {
    // Imported here, so that a machine without the binary can run everything else.
    const { getLlama, LlamaLogLevel } = await import('node-llama-cpp');
    return await getLlama({
      gpu,
      build: 'never',
      skipDownload: true,
      progressLogs: false,
      logLevel: LlamaLogLevel.error,
      // Its own logger writes to stdout, which belongs to `--json`.
      logger: () => undefined,
    });
  } catch (cause) {
    throw new MillraceError({
      code: 'llama-unavailable',
      what: 'The llama.cpp engine could not be loaded.',
      why: cause instanceof Error ? cause.message : String(cause),
      todo: 'Run npm install on this machine: the binary for its platform comes as an npm package.',
      cause,
    });
  }
}
