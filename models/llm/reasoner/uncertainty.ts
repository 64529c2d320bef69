// Measures how sure a reading is: how even its shares are, and how far several readings agree.

/** Shannon entropy of shares that sum to 1, as a share of the most it could be; 0 to 1. */
export function evenness(shares: readonly number[]): number {
  if (shares.length < 2) return 0;
  let sum = 0;
  for (const share of shares) if (share > 0) sum -= share * Math.log(share);
  return sum / Math.log(shares.length);
}

/**
 * Half the sum of absolute differences (total variation), as a mean over the pairs of readings; 0
 * to 1.
 */
export function disagreement(readings: readonly (readonly number[])[]): number {
  let sum = 0;
  let pairs = 0;
  for (let i = 0; i < readings.length; i++) {
    for (let j = 0; j < i; j++, pairs++) {
      for (const [k, share] of readings[i]!.entries()) {
        sum += Math.abs(share - readings[j]![k]!) / 2;
      }
    }
  }
  return pairs === 0 ? 0 : sum / pairs;
}

/** 1 − the mean share of the words that two samples have in common (Jaccard), over the pairs; 0 to 1. */
export function inconsistency(samples: readonly (readonly string[])[]): number {
  let sum = 0;
  let pairs = 0;
  for (let i = 0; i < samples.length; i++) {
    for (let j = 0; j < i; j++, pairs++) {
      const union = new Set([...samples[i]!, ...samples[j]!]);
      const common = [...union].filter(
        (word) => samples[i]!.includes(word) && samples[j]!.includes(word),
      );
      sum += union.size === 0 ? 0 : 1 - common.length / union.size;
    }
  }
  return pairs === 0 ? 0 : sum / pairs;
}
