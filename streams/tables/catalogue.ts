// The items known so far, by id.
import { type Item, items } from '../../schemas/topics/items.ts';
import { defineTable } from '../engine/table.ts';

const none: readonly string[] = Object.freeze([]);
const noIds: ReadonlySet<string> = new Set();

export class Catalogue {
  private readonly byId = new Map<string, Item>();
  private readonly deleted = new Set<string>();
  /** Ids by group; undefined until somebody asks. */
  private byGroup: Map<string, Set<string>> | undefined;

  get size(): number {
    return this.byId.size;
  }

  get(itemId: string): Item | undefined {
    return this.byId.get(itemId);
  }

  /** Groups of an item; empty for an item that is not in the catalogue. */
  groupsOf(itemId: string): readonly string[] {
    return this.byId.get(itemId)?.groups ?? none;
  }

  /** Whether the item was deleted; an item that nobody has written is not. */
  isDeleted(itemId: string): boolean {
    return this.deleted.has(itemId);
  }

  /** Ids of the items in a group. */
  idsIn(group: string): ReadonlySet<string> {
    if (!this.byGroup) {
      this.byGroup = new Map();
      for (const item of this.byId.values()) this.index(item);
    }
    return this.byGroup.get(group) ?? noIds;
  }

  put(item: Item): void {
    this.unindex(item.itemId);
    this.index(item);
    this.byId.set(item.itemId, item);
    this.deleted.delete(item.itemId);
  }

  delete(itemId: string): void {
    this.unindex(itemId);
    this.byId.delete(itemId);
    this.deleted.add(itemId);
  }

  ids(): Iterable<string> {
    return this.byId.keys();
  }

  private index({ itemId, groups }: Item): void {
    for (const group of this.byGroup ? groups : none) {
      const ids = this.byGroup!.get(group);
      if (ids) ids.add(itemId);
      else this.byGroup!.set(group, new Set([itemId]));
    }
  }

  private unindex(itemId: string): void {
    if (!this.byGroup) return;
    for (const group of this.groupsOf(itemId)) this.byGroup.get(group)?.delete(itemId);
  }
}

export const catalogueTable = defineTable(items, {
  name: 'catalogue',
  create: () => new Catalogue(),
  apply(table, itemId, item) {
    if (item) table.put(item);
    else table.delete(itemId);
  },
});
