// The items known so far, by id.
import { type Item, items } from '../../schemas/topics/items.ts';
import { defineTable } from '../engine/table.ts';

const none: readonly string[] = Object.freeze([]);

export class Catalogue {
  private readonly byId = new Map<string, Item>();
  private readonly deleted = new Set<string>();

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

  put(item: Item): void {
    this.byId.set(item.itemId, item);
    this.deleted.delete(item.itemId);
  }

  delete(itemId: string): void {
    this.byId.delete(itemId);
    this.deleted.add(itemId);
  }

  ids(): Iterable<string> {
    return this.byId.keys();
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
