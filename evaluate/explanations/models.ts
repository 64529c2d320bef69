// The language models of an evaluation: those of the settings, in this process, opened when asked for;
// what they answered before is not asked again.
import '../../streams/engine/disposable-stack.ts';
import { join } from 'node:path';
import type { Config } from '../../app/config/read.ts';
import { roleModel } from '../../infra/embedded/role-model.ts';
import { KeptAnswers } from '../../infra/llama/kept-answers.ts';
import { openLlama } from '../../infra/llama/open.ts';
import type { LanguageModel } from '../../models/llm/port.ts';
import type { Role } from '../../models/llm/roles.ts';

/** Longest prompt with its answer, tokens. */
const contextTokens = 768;

export interface EvaluationModels extends AsyncDisposable {
  /**
   * The model of a role; roles that share a file share a model.
   * @throws MillraceError of the parts or the model
   */
  of(role: Role): Promise<LanguageModel>;
}

export function evaluationModels(config: Pick<Config, 'partsDir' | 'llm'>): EvaluationModels {
  const stack = new AsyncDisposableStack();
  const byFile = new Map<string, LanguageModel>();
  return {
    async of(role) {
      const file = await roleModel(role, config);
      const known = byFile.get(file);
      if (known) return known;
      const opened = stack.use(await openLlama({ model: file, contextTokens }));
      const model = await KeptAnswers.open(join(config.partsDir, 'vectors'), opened);
      byFile.set(file, model);
      return model;
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
