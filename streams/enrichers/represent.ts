// `represent`: item vectors by the language models, most-wanted items first. An item is wanted as often as
// it is shown; the topic of the vectors is the cache, keyed by content. A role with a model of its own has
// vectors of its own, which are made beside those of the representer.
import { audit } from '../../schemas/topics/audit.ts';
import { impressions } from '../../schemas/topics/impressions.ts';
import { itemVectors } from '../../schemas/topics/item-vectors.ts';
import { type Enricher, onAsync } from '../engine/enricher.ts';
import { snapshotTable } from '../engine/snapshot-table.ts';
import { catalogueTable } from '../tables/catalogue.ts';
import { type VectorRole, vectorRoles, vectorsTable } from '../tables/vectors.ts';
import { AuditCounter } from './audit-counter.ts';
import { Background } from './background.ts';
import type { LlmScheduler, LlmSchedulers } from './llm-scheduler.ts';
import type { LlmEnricherDef, LlmIo, LlmPorts } from './ports.ts';
import { VectorMaker } from './vector-maker.ts';

/**
 * @param uses roles whose vectors are used, besides the representer's; the other roles share the
 * representer's.
 * @default none
 */
export function representEnricher(
  { schedulers }: LlmPorts,
  uses: readonly VectorRole[] = [],
): LlmEnricherDef {
  const roles: readonly VectorRole[] = ['representer', ...uses];
  return {
    name: 'represent',
    doc: 'Item vectors by the language model, most-wanted items first, cached in their topic.',
    inputs: [impressions],
    prompt: false,
    outputs: [itemVectors, audit],
    // The scheduler follows the snapshots, for the adapters of its model.
    tables: [catalogueTable, vectorsTable, snapshotTable],
    roles,
    create: (io) => new Represent({ ...io, schedulers }, roles),
  };
}

class Represent implements Enricher {
  readonly counts = { vectors: 0, shed: 0, forgotten: 0 };
  /**
   * Handlers that return at once: they note which items are wanted, so reading the log never waits
   * for a model.
   */
  readonly handlers = [
    onAsync(impressions, (impression) => {
      for (const maker of this.makers) maker.want(impression);
    }),
  ];
  private readonly background = new Background();
  private readonly makers: readonly VectorMaker[];

  constructor(io: LlmIo, roles: readonly VectorRole[]) {
    const { counts, background } = this;
    const auditCounter = new AuditCounter('represent', io, 128);
    this.makers = modelsOf(io.schedulers, roles).map(
      (model) => new VectorMaker({ ...model, io, counts, background, auditCounter }),
    );
  }

  settled(): Promise<void> {
    return this.background.settled();
  }
}

interface RolesModel {
  readonly scheduler: LlmScheduler;
  /** Roles that have the model; empty if every role has it. */
  readonly roles: readonly VectorRole[];
}

/** The models whose vectors are made, each once, with the roles that have them. */
function modelsOf(schedulers: LlmSchedulers, used: readonly VectorRole[]): RolesModel[] {
  const byName = new Map<string, { scheduler: LlmScheduler; roles: VectorRole[] }>();
  for (const role of vectorRoles) {
    const scheduler = schedulers(used.includes(role) ? role : 'representer');
    const model = byName.get(scheduler.name) ?? { scheduler, roles: [] };
    model.roles.push(role);
    byName.set(scheduler.name, model);
  }
  const models = [...byName.values()];
  return models.length === 1 ? [{ ...models[0]!, roles: [] }] : models;
}
