// The latest state of every user, for steps outside the task that owns it.
import { type UserState, userStates } from '../../schemas/topics/user-state.ts';
import { defineTable } from '../engine/table.ts';

export class Users {
  private readonly byId = new Map<string, UserState>();

  get(userId: string): UserState | undefined {
    return this.byId.get(userId);
  }

  put(state: UserState): void {
    this.byId.set(state.userId, state);
  }

  delete(userId: string): void {
    this.byId.delete(userId);
  }
}

export const usersTable = defineTable(userStates, {
  name: 'users',
  create: () => new Users(),
  apply(table, userId, state) {
    if (state) table.put(state);
    else table.delete(userId);
  },
});
