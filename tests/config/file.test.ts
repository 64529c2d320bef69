// millrace.yaml: what it sets, where mistakes are, and who wins over whom.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { settingsText } from '../../app/config/print.ts';
import { type ReadOptions, readSettings } from '../../app/config/read.ts';
import type { MillraceError } from '../../schemas/errors.ts';

const folder = mkdtempSync(join(tmpdir(), 'millrace-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

function read(yaml: string, env: Record<string, string> = {}, options: ReadOptions = {}) {
  writeFileSync(join(folder, 'millrace.yaml'), yaml);
  return readSettings(env, { folder, ...options });
}

/** What is wrong, a line each. */
function problems(yaml: string, env: Record<string, string> = {}): string[] {
  try {
    read(yaml, env);
  } catch (error) {
    return (error as MillraceError).message.split('\n  ').slice(1, -1);
  }
  throw new Error('it was taken');
}

const two = `
variants:
  - { name: millrace, policy: millrace, share: 2 }
  - name: popular
    policy: popularity
    exploration: { temperature: 0.5 }
`;

describe('millrace.yaml', () => {
  it('may be absent: then everybody is served by the learning policy, and nothing is a candidate', () => {
    const { config, file } = readSettings({}, { folder: join(folder, 'nowhere') });
    expect(file).toBeUndefined();
    expect(config).toMatchObject({
      variants: [
        {
          name: 'millrace',
          policy: 'millrace',
          share: 1,
          exploration: { temperature: 0.2, floor: 0.05 },
        },
      ],
      incumbent: 'millrace',
      candidates: [],
    });
  });

  it('names variants, which take the exploration that they do not name', () => {
    const { config } = read(`${two}exploration: { floor: 0.1 }`);
    expect(config.variants).toEqual([
      {
        name: 'millrace',
        policy: 'millrace',
        share: 2,
        exploration: { temperature: 0.2, floor: 0.1 },
      },
      {
        name: 'popular',
        policy: 'popularity',
        share: 1,
        exploration: { temperature: 0.5, floor: 0.1 },
      },
    ]);
  });

  it('holds candidates against the first variant that is none, by rules of which some may be named', () => {
    const { config } = read(
      `${two}candidates: [{ variant: millrace, rules: { least: { gate: 7 } }, limits: { groups: 1 } }]`,
    );
    expect(config.incumbent).toBe('popular');
    expect(config.candidates).toMatchObject([
      {
        variant: 'millrace',
        incumbent: 'popular',
        rules: { least: { gate: 7, shadow: 100 }, share: { canary: 0.1 } },
        limits: { groups: 1, latency: 2 },
      },
    ]);
  });

  it('gives way to the environment, and that to flags', () => {
    const yaml = 'port: 1111\nsqlPort: 1112\nseed: 3\ntopics: { prefix: a., partitions: 2 }';
    const env = { MILLRACE_PORT: '2222', TOPIC_PREFIX: 'b.', MILLRACE_EXPLORATION_FLOOR: '0.2' };
    const { config, sourceOf } = read(yaml, env, { flags: { port: '3333' } });
    expect(config).toMatchObject({
      port: 3333,
      sqlPort: 1112,
      topics: { prefix: 'b.', partitions: 2 },
      exploration: { floor: 0.2 },
    });
    expect(sourceOf(['port'])).toEqual({ kind: 'flag', name: '--port' });
    expect(sourceOf(['sqlPort'])).toEqual({ kind: 'file', name: 'millrace.yaml:2' });
    expect(sourceOf(['topics', 'prefix'])).toEqual({ kind: 'environment', name: 'TOPIC_PREFIX' });
    expect(sourceOf(['topics', 'partitions'])).toEqual({ kind: 'file', name: 'millrace.yaml:4' });
    expect(sourceOf(['host'])).toBeUndefined();
  });

  it('stands under what an application sets for itself, and over its defaults', () => {
    const yaml = `${two}attribution: { windowMs: 5 }`;
    const over = { name: 'demo', values: { variants: [{ name: 'one', policy: 'uniform' }] } };
    const under = { name: 'replay', values: { attribution: { windowMs: 6, servedWindowMs: 7 } } };
    const { config, sourceOf } = read(yaml, {}, { over, under });
    expect(config.variants.map(({ name }) => name)).toEqual(['one']);
    expect(config.attribution).toEqual({ windowMs: 5, servedWindowMs: 7, waitMs: 500 });
    expect(sourceOf(['variants', 0, 'name'])).toEqual({ kind: 'application', name: 'demo' });
  });

  it('takes lists from a variable, written as in the file', () => {
    const env = {
      MILLRACE_VARIANTS: '[{ name: all, policy: uniform }]',
      KAFKA_BROKERS: 'a:1, b:2',
    };
    const { config } = read(two, env);
    expect(config.variants.map(({ name }) => name)).toEqual(['all']);
    expect(config.kafka?.brokers).toEqual(['a:1', 'b:2']);
    expect(read('kafka: { brokers: [a:1, b:2] }').config.kafka?.brokers).toEqual(['a:1', 'b:2']);
  });

  it('takes a list of words from a variable, with commas', () => {
    expect(read('').config.retrievers.turns.slice(0, 3)).toEqual(['near', 'popular', 'near']);
    const { config } = read('', { MILLRACE_RETRIEVERS_TURNS: 'near, fresh' });
    expect(config.retrievers.turns).toEqual(['near', 'fresh']);
    expect(problems('retrievers: { turns: [far] }')).toEqual([
      'retrievers.turns.0: near, popular, fresh or random is wanted (millrace.yaml:1)',
    ]);
  });

  it('takes a secret from the environment for a login that it names', () => {
    const yaml = 'kafka: { brokers: [a:1], sasl: { username: me } }';
    const { config } = read(yaml, { KAFKA_SASL_PASSWORD: 'p' });
    expect(config.kafka?.sasl).toEqual({ mechanism: 'plain', username: 'me', password: 'p' });
  });

  it('counts paths from its own folder', () => {
    const { config } = read('dataDir: ./here\nllm: { model: m.gguf, roles: { judge: "hf:a/b" } }');
    expect(config.dataDir).toBe(join(folder, 'here'));
    expect(config.llm).toEqual({ model: join(folder, 'm.gguf'), roles: { judge: 'hf:a/b' } });
  });

  it('sets nothing by a name without a value', () => {
    expect(read('port:\ntopics:\n  prefix:').config).toMatchObject({
      port: 8080,
      topics: { prefix: '' },
    });
  });
});

describe('a mistake in millrace.yaml', () => {
  it('is named by its path and its line, all of them at once', () => {
    const found = problems(`${two}port: 99999
topics:
  prefix: a b
attribution: soon
`);
    expect(found).toEqual([
      'attribution: settings by name are wanted (millrace.yaml:10)',
      'port: 65535 is the most (millrace.yaml:7)',
      'topics.prefix: letters, digits, dot, dash and underscore only (millrace.yaml:9)',
    ]);
  });

  it.each([
    ['varaints: []', 'varaints: there is no such setting; is variants meant? (millrace.yaml:1)'],
    ['floor: 1', 'floor: there is no such setting; is exploration.floor meant? (millrace.yaml:1)'],
    [
      'topics: { zzz: 1 }',
      'topics.zzz: there is no such setting; there are prefix, partitions, replication, retentionMs (millrace.yaml:1)',
    ],
    [
      'simulator: yes',
      "simulator: simulated feedback is the demo's alone: it never goes to a topic that people's feedback comes by (millrace.yaml:1)",
    ],
  ])('is a name that is no setting: %s', (yaml, problem) => {
    expect(problems(yaml)).toEqual([problem]);
  });

  it('is a policy that there is not', () => {
    const [found] = problems('variants:\n  - name: a\n    policy: milrace');
    expect(found).toMatch(
      /^variants\.0\.policy: there is no policy milrace; is millrace meant\? .*uniform.* \(millrace\.yaml:3\)$/,
    );
  });

  it('is a variant without a policy', () => {
    expect(problems('variants:\n  - name: a')).toEqual([
      'variants.0.policy: the name of a policy is wanted (millrace.yaml:2)',
    ]);
  });

  it.each([
    [
      'two of one name',
      `${two}  - { name: popular, policy: uniform }`,
      'variants.2.name: two variants have the name popular',
    ],
    [
      'nobody served',
      'variants: [{ name: a, policy: uniform, share: 0 }]',
      'variants: the shares add up to 0',
    ],
    [
      'a negative share',
      'variants: [{ name: a, policy: uniform, share: -1 }]',
      'variants.0.share: a number from 0 to 1000000 is wanted',
    ],
    [
      'an unknown incumbent',
      `${two}incumbent: old`,
      'incumbent: there is no variant old; there are millrace, popular',
    ],
    [
      'an unknown candidate',
      `${two}candidates: [{ variant: new }]`,
      'candidates.0.variant: there is no variant new',
    ],
    [
      'one against itself',
      `${two}candidates: [{ variant: popular, incumbent: popular }]`,
      'candidates.0.incumbent: popular cannot take its own place',
    ],
    [
      'two for one place',
      `${two}  - { name: third, policy: uniform }\ncandidates: [{ variant: popular }, { variant: third }]`,
      'candidates.1: millrace has a candidate already: one at a time',
    ],
    [
      'parts that fall',
      `${two}candidates: [{ variant: popular, rules: { share: { canary: 0.6 } } }]`,
      'candidates.0.rules.share: 0 < canary <= ab <= promoted < 1 is wanted',
    ],
  ])('is %s', (_, yaml, problem) => {
    const [found, ...others] = problems(yaml);
    expect(found).toContain(problem);
    expect(others).toEqual([]);
  });

  it('is text that is no YAML, or a file that is not there', () => {
    expect(() => read('a: [1,\nb: 2')).toThrow(
      /millrace\.yaml is no YAML.*\n.*line \d+, column \d+/,
    );
    expect(() => read('', {}, { flags: { config: 'other.yaml' } })).toThrow(
      /other\.yaml cannot be read/,
    );
    expect(() => read('', { MILLRACE_CONFIG: 'other.yaml' })).toThrow(/other\.yaml cannot be read/);
  });

  it('is named by its variable where one set it', () => {
    expect(problems('', { MILLRACE_EXPLORATION_FLOOR: '2' })).toEqual([
      'MILLRACE_EXPLORATION_FLOOR: a number from 0 to 1 is wanted',
    ]);
  });
});

describe('what is printed', () => {
  it('is every setting with its source, and no secret', () => {
    const yaml = `${two}kafka: { brokers: [a:1], sasl: { username: me, password: hunter2 } }`;
    const lines = settingsText(read(yaml, { MILLRACE_SEED: '7' })).split('\n');
    const line = (path: string) => lines.find((one) => one.startsWith(`${path} `))?.split(/ {2,}/);
    expect(line('variants.1.policy')).toEqual([
      'variants.1.policy',
      'popularity',
      'file millrace.yaml:5',
    ]);
    expect(line('variants.1.share')).toEqual(['variants.1.share', '1', 'default']);
    expect(line('seed')).toEqual(['seed', '7', 'environment MILLRACE_SEED']);
    expect(line('kafka.sasl.password')?.[1]).toBe('***');
    expect(line('llm.model')).toEqual([
      'llm.model',
      '(SmolLM2-135M-Instruct, fetched by pip)',
      'default',
    ]);
    expect(lines.join('\n')).not.toContain('hunter2');
  });
});

it('millrace.example.yaml can be used', () => {
  const path = new URL('../../millrace.example.yaml', import.meta.url).pathname;
  const { config } = readSettings({}, { flags: { config: path } });
  expect(config.candidates).toMatchObject([{ variant: 'new', incumbent: 'popular' }]);
});
