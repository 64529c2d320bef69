// The files of the language models: there, whole, readable, and the ones expected.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Roles, roles } from '../../../models/llm/roles.ts';
import type { MillraceError } from '../../../schemas/errors.ts';
import { checkModelFile } from '../../llama/check-file.ts';
import { MODEL_SHA256, modelPath, sha256 } from '../model.ts';
import type { Checked, Finding } from './finding.ts';

export async function model({ llm, partsDir }: Checked): Promise<Finding> {
  const part = 'Model';
  if (llm.model) return look(part, llm.model, 'LLM_MODEL');
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
export async function roleModels(
  {
    llm,
  }: { readonly llm: { readonly roles: Readonly<Partial<Record<string, string | undefined>>> } },
  of: Roles = roles,
): Promise<Finding[]> {
  const named = of.defs.flatMap(({ name, variable }) => {
    const model = llm.roles[name];
    return model === undefined ? [] : [look(`Model of the ${name}`, model, variable)];
  });
  return Promise.all(named);
}

/** Opens a named model's file and reads its head. */
async function look(part: string, model: string, variable: string): Promise<Finding> {
  if (/^(hf|https?):/.test(model)) {
    return { part, status: 'ok', what: `${model} (${variable}; looked up at the start)` };
  }
  const path = resolve(model);
  try {
    const { metadata, bytes } = await checkModelFile(path, variable);
    const kind = metadata.get('general.architecture');
    const size = `${(bytes / 1e6).toFixed(0)} MB`;
    return { part, status: 'ok', what: `${path} (${variable}): GGUF, ${kind}, ${size}` };
  } catch (error) {
    const { message, why, todo = '' } = error as Partial<MillraceError> & Error;
    const what = [message.split('\n')[0], why].filter(Boolean).join(' ');
    return { part, status: 'missing', what, todo };
  }
}
