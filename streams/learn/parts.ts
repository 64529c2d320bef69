// Several byte strings in one: the policy and the baselines travel in one snapshot.

/** Joins byte strings; each part follows its length, a 32-bit little-endian number. */
export function joinParts(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + 4 + part.length, 0));
  const view = new DataView(whole.buffer);
  let at = 0;
  for (const part of parts) {
    view.setUint32(at, part.length, true);
    whole.set(part, at + 4);
    at += 4 + part.length;
  }
  return whole;
}

export function splitParts(whole: Uint8Array): Uint8Array[] {
  const view = new DataView(whole.buffer, whole.byteOffset, whole.byteLength);
  const parts: Uint8Array[] = [];
  for (let at = 0; at < whole.length; ) {
    const length = view.getUint32(at, true);
    parts.push(whole.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return parts;
}

/**
 * A policy's own parameters in a snapshot; the learner's snapshot has the baselines beside them.
 */
export function parametersOf(policy: string, bytes: Uint8Array): Uint8Array {
  return policy === 'millrace' ? splitParts(bytes)[0]! : bytes;
}
