// Finds the model of a role: its own, the given one, or the default.
import type { Role } from '../../models/llm/roles.ts';
import { ensureModel } from './model.ts';

/**
 * Path or `hf:` address of a role's model. The default model is fetched where neither the role nor
 * LLM_MODEL names one.
 * @param progress told what is being fetched
 * @throws MillraceError `part-not-fetched` and others of `ensureModel`
 */
export async function roleModel(
  role: Role,
  {
    llm,
    partsDir,
  }: {
    readonly llm: {
      readonly model?: string | undefined;
      readonly roles: Readonly<Partial<Record<Role, string | undefined>>>;
    };
    readonly partsDir: string;
  },
  progress?: (line: string) => void,
): Promise<string> {
  return llm.roles[role] ?? llm.model ?? (await ensureModel(partsDir, progress));
}
