// The policies that serve, by the names that variants give them: each from the latest snapshot, and
// another in its place while there is none, or where it cannot decide.
import type { Learner } from '../../models/learner.ts';
import { policyNamed } from '../../models/policies.ts';
import type { DecisionContext, LearningPolicy, Policy, PolicyKind } from '../../models/policy.ts';
import { SnapshotCache } from '../engine/snapshot-cache.ts';
import type { SnapshotTable } from '../engine/snapshot-table.ts';
import { parametersOf } from '../learn/parts.ts';
import type { RecentLikes } from './recent-likes.ts';

export class ServedPolicies {
  private readonly snapshots: SnapshotTable;
  private readonly loaded = new Map<string, SnapshotCache<LearningPolicy | undefined>>();

  constructor(snapshots: SnapshotTable) {
    this.snapshots = snapshots;
  }

  /**
   * The policy of a name, or the one that serves in its place; `uniform` can always serve.
   * @param likes what is popular while nobody has learned it
   */
  of(name: string, context: DecisionContext, likes?: RecentLikes): Policy {
    const entry = policyNamed(name);
    const source = entry.source && this.latest(entry.source);
    if (!entry.source || source) {
      const policy = entry.serve(source);
      if (policy.canServe?.(context) ?? true) return policy;
    } else if (likes && entry.unlearned) return entry.unlearned(likes);
    return this.of(entry.fallback ?? 'uniform', context, likes);
  }

  /**
   * The learner, which also retrieves candidates and counts clicks; undefined before its first
   * snapshot.
   */
  learner(): Learner | undefined {
    const { source } = policyNamed('millrace');
    // What its own kind loads.
    return this.latest(source!) as Learner | undefined;
  }

  private latest(kind: PolicyKind): LearningPolicy | undefined {
    let cache = this.loaded.get(kind.name);
    if (!cache) {
      cache = new SnapshotCache(kind.name, undefined, (bytes) =>
        kind.load(parametersOf(kind.name, bytes)),
      );
      this.loaded.set(kind.name, cache);
    }
    return cache.of(this.snapshots);
  }
}
