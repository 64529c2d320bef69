// The latest record of each experiment, and the shares that follow from them.
import { type Experiment, experiments } from '../../schemas/topics/experiments.ts';
import { defineTable } from '../engine/table.ts';

export class Experiments {
  private readonly byId = new Map<string, Experiment>();

  put(experiment: Experiment): void {
    this.byId.set(experiment.experimentId, experiment);
  }

  delete(experimentId: string): void {
    this.byId.delete(experimentId);
  }

  /**
   * The arms with the shares that the experiments give them; an arm that no experiment names keeps
   * its share.
   * @param ids of the experiments that count.
   * @default all
   */
  sharesIn<V extends { readonly name: string; readonly share: number }>(
    variants: readonly V[],
    ids?: readonly string[],
  ): readonly V[] {
    if (this.byId.size === 0 || ids?.length === 0) return variants;
    const shares = new Map<string, number>();
    for (const [id, { arms }] of this.byId) {
      if (ids && !ids.includes(id)) continue;
      for (const { variant, share } of arms) shares.set(variant, share);
    }
    return variants.map((variant) => ({
      ...variant,
      share: shares.get(variant.name) ?? variant.share,
    }));
  }
}

export const experimentsTable = defineTable(experiments, {
  name: 'experiments',
  create: () => new Experiments(),
  apply(table, experimentId, experiment) {
    if (experiment) table.put(experiment);
    else table.delete(experimentId);
  },
});
