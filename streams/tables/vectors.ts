// Item vectors by the language models. Roles that share a model share its vectors; one with a model of its
// own has vectors of its own. Which model a role has is what the topic said last.
import type { Role } from '../../models/llm/roles.ts';
import { type ItemVector, itemVectors } from '../../schemas/topics/item-vectors.ts';
import { items } from '../../schemas/topics/items.ts';
import { defineTable } from '../engine/table.ts';
import { ModelVectors } from './model-vectors.ts';

/** Roles that use vectors of items. */
export const vectorRoles = [
  'representer',
  'policy',
  'simulator',
] as const satisfies readonly Role[];

export type VectorRole = (typeof vectorRoles)[number];

/**
 * Number of models whose vectors are kept; beyond it the model that no role has had for longest is
 * dropped.
 */
const MODELS = 4;

const none = new ModelVectors('');

export class Vectors {
  /** Vectors by model; the model whose vector came last is last. */
  private readonly byModel = new Map<string, ModelVectors>();
  private readonly byRole = new Map<string, ModelVectors>();
  private readonly deleted = new Set<string>();

  /** Vectors of the role's model; those of the representer's if the role has none of its own. */
  of(role: VectorRole): ModelVectors {
    return this.byRole.get(role) ?? this.byRole.get('representer') ?? none;
  }

  /** Vectors of a model, whichever roles have it; empty for an unknown model. */
  by(model: string): ModelVectors {
    return this.byModel.get(model) ?? none;
  }

  /** Name of the role's model if it is another than the representer's, else empty. */
  ownModel(role: VectorRole): string {
    const { model } = this.of(role);
    return model === this.of('representer').model ? '' : model;
  }

  /** Notes that an item is deleted: its vectors are as if they were not there, until it comes back. */
  delete(itemId: string): void {
    this.deleted.add(itemId);
  }

  /** Notes that an item is in the catalogue. */
  restore(itemId: string): void {
    this.deleted.delete(itemId);
  }

  take({ itemId, model, vector, roles }: Omit<ItemVector, 'hash' | 'at'>): void {
    const vectors =
      this.byModel.get(model) ?? new ModelVectors(model, (id) => this.deleted.has(id));
    this.byModel.delete(model);
    this.byModel.set(model, vectors);
    vectors.add(itemId, vector);
    if (roles.length === 0) this.byRole.clear();
    for (const role of roles.length === 0 ? ['representer'] : roles) this.byRole.set(role, vectors);
    if (this.byModel.size > MODELS) this.forget();
  }

  private forget(): void {
    const used = new Set(this.byRole.values());
    const unused = [...this.byModel.values()].find((vectors) => !used.has(vectors));
    if (unused) this.byModel.delete(unused.model);
  }
}

export const vectorsTable = defineTable(itemVectors, {
  name: 'vectors',
  create: () => new Vectors(),
  apply(table, _key, record) {
    if (record) table.take(record);
  },
  // Whether an item is deleted is the catalogue's to say, and a vector may come after the deletion.
  beside: {
    topic: items,
    apply(table: Vectors, itemId, item) {
      if (item) table.restore(itemId);
      else table.delete(itemId);
    },
  },
});
