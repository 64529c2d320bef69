// Warnings on an estimate in words; they are shown with it, and a gate refuses for them.
import type { Diagnostics } from './diagnostics.ts';

/** Number of effective rounds below which normal intervals are not to be trusted. */
const FEW = 100;

/** Warnings; empty if nothing in the weights speaks against the estimates. */
export function warnings(found: Diagnostics): string[] {
  const { effectiveSampleSize, meanWeight, meanWeightError, tailIndex, topShare } = found;
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const said: string[] = [];
  if (!(effectiveSampleSize >= FEW)) {
    said.push(
      `Only ${effectiveSampleSize.toFixed(0)} of ${found.rounds} rounds count: the policy does other things than the log.`,
    );
  }
  if (Math.abs(meanWeight - 1) > 4 * meanWeightError + 1e-9) {
    said.push(
      `The mean weight is ${meanWeight.toFixed(3)} ± ${meanWeightError.toFixed(3)}, not 1: wrong propensities, or actions that the log could not hold.`,
    );
  }
  if (tailIndex < 2) {
    said.push(
      `The weights fall off slowly (tail index ${tailIndex.toFixed(2)}): their variance may be infinite.`,
    );
  }
  if (topShare > 0.5) {
    said.push(`1 % of the rounds hold ${percent(topShare)} of the weight.`);
  }
  if ((found.missingSupport ?? 0) > 0.01) {
    said.push(
      `${percent(found.missingSupport!)} of what the policy does was never logged there: the weighted estimates leave it out.`,
    );
  }
  return said;
}
