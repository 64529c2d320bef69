// The files of the language models: there, whole, and the ones expected.
import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Roles, roles } from '../../../models/llm/roles.ts';
import { MODEL_SHA256, modelPath, sha256 } from '../model.ts';
import type { Checked, Finding } from './finding.ts';

export async function model({ llm, partsDir }: Checked): Promise<Finding> {
  const part = 'Model';
  if (llm.model) return named(part, llm.model, 'LLM_MODEL');
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

/** One finding for each role that has a model of its own. */
export function roleModels(
  {
    llm,
  }: { readonly llm: { readonly roles: Readonly<Partial<Record<string, string | undefined>>> } },
  of: Roles = roles,
): Finding[] {
  return of.defs.flatMap(({ name, variable }) => {
    const model = llm.roles[name];
    return model === undefined ? [] : [named(`Model of the ${name}`, model, variable)];
  });
}

function named(part: string, model: string, variable: string): Finding {
  if (/^(hf|https?):/.test(model)) {
    return { part, status: 'ok', what: `${model} (${variable}; looked up at the start)` };
  }
  const path = resolve(model);
  if (existsSync(path) && statSync(path).isFile()) {
    return { part, status: 'ok', what: `${path} (${variable})` };
  }
  const todo = `Set ${variable} to a GGUF file or an hf: address, or unset it for the default.`;
  return { part, status: 'missing', what: `${path} (${variable}) is not a file`, todo };
}
