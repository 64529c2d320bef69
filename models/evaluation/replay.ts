// Replay of a log of items drawn at random (Li et al. 2011, WSDM): a round counts when the policy picks the
// logged item among the candidates, and only then does the policy learn what came of it.

export interface ReplayRound<Round> {
  readonly round: Round;
  /** Index of the logged item among the candidates. */
  readonly logged: number;
  readonly reward: number;
}

export interface ReplayPolicy<Round> {
  /** Index of a candidate. */
  pick(round: Round): number;
  /** Of a round that counted. */
  learn(round: Round): void;
}

/** @returns mean reward of the rounds that counted, and how many did; NaN when none did */
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
