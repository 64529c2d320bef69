// An answer that a language model gave and nothing can be done with.
import { MillraceError } from '../../schemas/errors.ts';

/**
 * The error for an answer that cannot be used.
 * @param gave what the model gave, such as `a vector`
 * @param variable variable of the configuration that names the model
 */
export function unusableAnswer(
  model: string,
  {
    gave,
    why,
    variable,
  }: { readonly gave: string; readonly why: string; readonly variable: string },
): MillraceError {
  return new MillraceError({
    code: 'answer-unusable',
    what: `The language model ${model} gave ${gave} that cannot be used.`,
    why,
    todo: `Try another model with ${variable}.`,
    remedy: 'skip',
  });
}
