// Checks rules between settings of the recommender, and fills in settings that follow from others.
import { z } from 'zod';
import type { Problem } from './problems.ts';
import { recommender } from './recommender.ts';
import type { Parsed } from './schema.ts';

const schema = z.object(recommender);

/**
 * Problems between settings, each of which can be used by itself; empty while one of them cannot.
 */
export function checkRecommender(values: unknown): Problem[] {
  const { data } = schema.safeParse(values);
  if (!data) return [];
  const { variants, candidates, rules = [] } = data;
  const names = variants.map(({ name }) => name);
  const isVariant = (name: string, path: Problem['path']): Problem[] =>
    names.includes(name)
      ? []
      : [{ path, message: `there is no variant ${name}; there are ${names.join(', ')}` }];
  const twice = variants.flatMap(({ name }, i): Problem[] =>
    names.indexOf(name) === i
      ? []
      : [{ path: ['variants', i, 'name'], message: `two variants have the name ${name}` }],
  );
  const incumbent = incumbentOf(data);
  const sum = variants.reduce((total, { share }) => total + share, 0);
  const ids = rules.map(({ id }) => id);
  const sameId = ids.flatMap((id, i): Problem[] =>
    ids.indexOf(id) === i
      ? []
      : [{ path: ['rules', i, 'id'], message: `two rules have the id ${id}` }],
  );
  return [
    ...twice,
    ...sameId,
    ...(sum > 0
      ? []
      : [{ path: ['variants'], message: 'the shares add up to 0: nobody would be served' }]),
    ...(data.incumbent === undefined ? [] : isVariant(data.incumbent, ['incumbent'])),
    ...candidates.flatMap((candidate, i): Problem[] => {
      const path = ['candidates', i];
      const own = candidate.incumbent ?? incumbent;
      const before = candidates.slice(0, i);
      const at = [...path, candidate.incumbent === undefined ? 'variant' : 'incumbent'];
      const unknown = [
        ...isVariant(candidate.variant, [...path, 'variant']),
        ...isVariant(own, at),
      ];
      if (unknown.length > 0) return unknown;
      if (own === candidate.variant) {
        return [{ path: at, message: `${own} cannot take its own place` }];
      }
      const found: Problem[] = [];
      if (before.some(({ variant }) => variant === candidate.variant)) {
        found.push({ path, message: `${candidate.variant} is a candidate already` });
      }
      if (before.some((one) => (one.incumbent ?? incumbent) === own)) {
        found.push({ path, message: `${own} has a candidate already: one at a time` });
      }
      if (candidates.some(({ variant }) => variant === own)) {
        found.push({ path: at, message: `${own} is a candidate itself` });
      }
      const shareOf = (name: string) => variants.find((one) => one.name === name)!.share;
      if (shareOf(own) + shareOf(candidate.variant) === 0) {
        found.push({
          path: at,
          message: `${own} and ${candidate.variant} have no share to divide`,
        });
      }
      const { canary, ab, promoted } = candidate.rules.share;
      if (!(canary > 0 && canary <= ab && ab <= promoted && promoted < 1)) {
        const wanted = '0 < canary <= ab <= promoted < 1 is wanted';
        found.push({ path: [...path, 'rules', 'share'], message: wanted });
      }
      return found;
    }),
  ];
}

function incumbentOf({
  variants,
  candidates,
  incumbent,
}: Pick<Parsed, 'variants' | 'candidates' | 'incumbent'>): string {
  if (incumbent !== undefined) return incumbent;
  const first = variants.find(({ name }) => !candidates.some(({ variant }) => variant === name));
  return (first ?? variants[0]!).name;
}

/**
 * The configuration with the settings of variants and candidates that follow from others filled in.
 */
export function completed(config: Parsed) {
  const incumbent = incumbentOf(config);
  return {
    ...config,
    incumbent,
    variants: config.variants.map((variant) => ({
      ...variant,
      exploration: {
        temperature: variant.exploration.temperature ?? config.exploration.temperature,
        floor: variant.exploration.floor ?? config.exploration.floor,
      },
    })),
    candidates: config.candidates.map((candidate) => ({
      ...candidate,
      incumbent: candidate.incumbent ?? incumbent,
    })),
  };
}
