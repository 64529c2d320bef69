// Replay of a log of items drawn at random (Li et al. 2011, WSDM): a round counts when the policy picks the
// logged item among the candidates, and only then does the policy learn what came of it.

export interface ReplayRound<Round> {
  readonly round: Round;
  /** Index of the logged item among the candidates. */
  readonly logged: number;
  readonly reward: number;
}

export interface ReplayPolicy<Round> {
  /** Picks a candidate. @returns its index */
  pick(round: Round): number;
  /** Learns a round that counted. */
  learn(round: Round): void;
}

/** Mean reward of the rounds that counted, and their number; NaN if none did. */
export function replay<Round>(
  rounds: Iterable<ReplayRound<Round>>,
  policy: ReplayPolicy<Round>,
): { reward: number; accepted: number } {
  let [sum, accepted] = [0, 0];
  for (const { round, logged, reward } of rounds) {
    if (policy.pick(round) !== logged) continue;
    sum += reward;
    accepted += 1;
    policy.learn(round);
  }
  return { reward: sum / accepted, accepted };
}
