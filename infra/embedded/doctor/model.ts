// The language model's file: there, whole, and the one expected.
import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Config } from '../../config.ts';
import type { Finding } from '../doctor.ts';
import { MODEL_SHA256, modelPath, sha256 } from '../model.ts';

export async function model({ llm, partsDir }: Config): Promise<Finding> {
  const part = 'Model';
  if (llm.model) return named(llm.model);
  const path = modelPath(partsDir);
  if (!existsSync(path)) {
    const todo = 'Nothing: the next start fetches it, about 90 MB.';
    return { part, status: 'warn', what: 'SmolLM2-135M-Instruct is not fetched yet', todo };
  }
  if ((await sha256(path)) === MODEL_SHA256) {
    return { part, status: 'ok', what: `${path}, SHA-256 as pinned` };
  }
  const todo = 'Delete the file; the next start fetches it again.';
  return { part, status: 'missing', what: `${path} is damaged: its SHA-256 differs`, todo };
}

function named(model: string): Finding {
  const part = 'Model';
  if (/^(hf|https?):/.test(model)) {
    return { part, status: 'ok', what: `${model} (LLM_MODEL; looked up at the start)` };
  }
  const path = resolve(model);
  if (existsSync(path) && statSync(path).isFile()) {
    return { part, status: 'ok', what: `${path} (LLM_MODEL)` };
  }
  const todo = 'Set LLM_MODEL to a GGUF file or an hf: address, or unset it for the default.';
  return { part, status: 'missing', what: `${path} (LLM_MODEL) is not a file`, todo };
}
