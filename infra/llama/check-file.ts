// Looks at a model's file before the engine does: a wrong one can cost the engine seconds, or the process.
import { stat } from 'node:fs/promises';
import { MillraceError } from '../../schemas/errors.ts';
import { type Gguf, readGguf } from './gguf/read.ts';

/**
 * Reads the head of a model's file.
 * @param variable the setting that names the file. @default 'LLM_MODEL'
 * @throws MillraceError `model-missing`, `model-unreadable`
 */
export async function checkModelFile(path: string, variable = 'LLM_MODEL'): Promise<Gguf> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) {
    throw new MillraceError({
      code: 'model-missing',
      what: `There is no model file at ${path}.`,
      why: found ? 'It is a folder.' : `${variable} names it, or the default model was removed.`,
      todo: `Set ${variable} to the path of a GGUF file or an hf: address, or unset it: the next start fetches the default model.`,
    });
  }
  let gguf: Gguf;
  try {
    gguf = await readGguf(path);
  } catch (cause) {
    const { why, message } = cause as Partial<MillraceError> & Error;
    throw unreadable(path, why ?? message, cause, variable);
  }
  const wrong = notAModel(gguf);
  if (wrong) throw unreadable(path, wrong, undefined, variable);
  return gguf;
}

/** Why a GGUF file cannot be a language model; undefined if it can. */
function notAModel({ metadata, tensors }: Gguf): string | undefined {
  const type = metadata.get('general.type');
  if (type !== undefined && type !== 'model') return `It is a GGUF file of type ${type}, no model.`;
  if (!metadata.has('general.architecture')) return 'Its head names no architecture.';
  return tensors.size === 0 ? 'It has no tensors: a vocabulary alone is no model.' : undefined;
}

export function unreadable(
  path: string,
  why: string,
  cause?: unknown,
  variable = 'LLM_MODEL',
): MillraceError {
  return new MillraceError({
    code: 'model-unreadable',
    what: `The model file ${path} cannot be used.`,
    why,
    todo: `Get the file again, or set ${variable} to another GGUF file.`,
    cause,
  });
}
