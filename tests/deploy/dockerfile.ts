// Reads a Dockerfile as far as ours goes: its stages and their steps. What it does not know is an error.

export interface Step {
  readonly word: string;
  readonly rest: string;
}

export interface Stage {
  readonly name: string;
  readonly from: string;
  readonly steps: readonly Step[];
}

const known = new Set(
  'ARG CMD COPY ENTRYPOINT ENV EXPOSE HEALTHCHECK LABEL RUN STOPSIGNAL USER VOLUME WORKDIR'.split(
    ' ',
  ),
);

/** Steps of a file, with continued lines joined and comments left out. */
function stepsOf(text: string): Step[] {
  const lines = text.split('\n').filter((line) => !/^\s*(#|$)/.test(line));
  const joined = lines
    .join('\n')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n');
  return joined.map((line) => {
    const [, word = '', rest = ''] = /^(\w+)\s+(.*)$/.exec(line) ?? [];
    return { word: word.toUpperCase(), rest };
  });
}

/** Values of `name=value name="two words"`. */
export function pairsOf(text: string): Record<string, string> {
  const pairs = [...text.matchAll(/([\w.]+)=("[^"]*"|\S*)/g)];
  return Object.fromEntries(pairs.map(([, name, value]) => [name!, value!.replaceAll('"', '')]));
}

export function parseDockerfile(text: string): Stage[] {
  const before: Record<string, string> = {};
  const stages: { name: string; from: string; steps: Step[] }[] = [];
  for (const step of stepsOf(text)) {
    if (step.word === 'FROM') {
      const [image = '', name = ''] = step.rest.split(/\s+as\s+/i);
      const from = image.replaceAll(/\$\{(\w+)\}/g, (_, key: string) => before[key] ?? '');
      stages.push({ name, from, steps: [] });
    } else if (!known.has(step.word)) {
      throw new Error(`The reader of the Dockerfile does not know ${step.word} ${step.rest}`);
    } else if (stages.length === 0) {
      Object.assign(before, pairsOf(step.rest));
    } else {
      stages.at(-1)!.steps.push(step);
    }
  }
  return stages;
}

/** The words of a JSON form: `["node", "-e"]`. */
export function wordsOf(stage: Stage, word: string): string[] {
  const step = stage.steps.findLast((one) => one.word === word);
  return step ? (JSON.parse(step.rest.slice(step.rest.indexOf('['))) as string[]) : [];
}
