// The seeded world with users remembered as the streams remember them.
import type { Policy } from '../../models/policy.ts';
import * as tracker from '../../models/user/track.ts';
import { type LiveOptions, live, type Served } from '../../models/world/live.ts';
import type { World } from '../../models/world/world.ts';

export function liveIn(
  world: World,
  policy: Policy,
  options: Omit<LiveOptions, 'tracker'>,
): Generator<Served> {
  return live(world, policy, { tracker, ...options });
}
