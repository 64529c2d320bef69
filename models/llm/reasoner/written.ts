// The written part of a reading: a mood, and what every item must be, under a grammar. A sample is
// a claim; a claim that two samples of the same prompt do not share is dropped (self-consistency,
// Wang et al. 2023).
import type { LanguageModel } from '../port.ts';
import { moods } from '../roles/reasoner.ts';
import { addFaults, type Check, type Faults, supervised } from './claims.ts';

export interface Written {
  readonly mood: string;
  readonly constraints: readonly string[];
  readonly faults: Faults;
  /** Words of each sample, from which their agreement follows. */
  readonly samples: readonly (readonly string[])[];
  /** Number of tokens generated. */
  readonly tokens: number;
}

interface Sample {
  readonly mood: string;
  readonly must: readonly string[];
}

const MOST = 2;
const OPTIONS = { maxTokens: 40, temperature: 0.7, topP: 0.95 } as const;

/**
 * @param samples number of samples, drawn with seeds from 0 on; as many are drawn again if a claim
 * was false
 */
export async function write(
  model: Pick<LanguageModel, 'generate'>,
  prompt: string,
  groups: readonly string[],
  samples: number,
  check: Check,
): Promise<Written> {
  const taken: Sample[] = [];
  let tokens = 0;
  const schema = {
    type: 'object',
    properties: {
      mood: { enum: [...moods] },
      must: { type: 'array', items: { enum: [...groups] }, maxItems: MOST },
    },
    required: ['mood', 'must'],
  };
  const draw = async () => {
    for (let i = 0; i < samples; i++) {
      const options = { ...OPTIONS, schema, seed: taken.length };
      const made = await model.generate({ user: prompt }, options);
      tokens += made.tokens.length;
      taken.push(parsed(made.text));
    }
  };
  const votes = (of: (sample: Sample) => boolean) => taken.filter(of).length;
  // A lone sample cannot agree with another.
  const needed = Math.min(2, samples);
  const must = await supervised(
    async (ruledOut) => {
      if (groups.length > 0) await draw();
      const all = [...new Set(taken.flatMap((sample) => sample.must))];
      return all.filter((group) => !ruledOut.has(group));
    },
    (group) =>
      check(group) ?? (votes((s) => s.must.includes(group)) < needed ? 'unstable' : undefined),
  );
  const claimed = [...new Set(taken.map(({ mood }) => mood))];
  const known: readonly string[] = moods;
  const mood = claimed
    .filter((word) => known.includes(word) && votes((s) => s.mood === word) >= needed)
    .sort((a, b) => votes((s) => s.mood === b) - votes((s) => s.mood === a))[0];
  const moodFaults: Faults = {
    unknown: votes((s) => !known.includes(s.mood)),
    unstable: mood === undefined && claimed.some((word) => known.includes(word)) ? 1 : 0,
  };
  return {
    mood: mood ?? '',
    constraints: must.kept.slice(0, MOST),
    faults: addFaults(must.faults, moodFaults),
    samples: taken.slice(0, samples).map((sample) => [sample.mood, ...sample.must]),
    tokens,
  };
}

/** The sample in a text, even if it does not keep to the grammar: another engine may have none. */
function parsed(text: string): Sample {
  try {
    const { mood, must } = JSON.parse(text) as { mood?: unknown; must?: unknown };
    const words = Array.isArray(must) ? must.filter((word) => typeof word === 'string') : [];
    return { mood: typeof mood === 'string' ? mood : '', must: [...new Set(words)] };
  } catch {
    return { mood: '', must: [] };
  }
}
