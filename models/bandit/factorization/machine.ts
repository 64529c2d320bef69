// The factorization machine (Rendle 2010, equations 1 and 5), over the rows of the features at hand.
//
// z = Σ_i w_i x_i + ½ Σ_f [(Σ_i v_if x_i)² − Σ_i v_if² x_i²]

/** Features of one item; `rows` holds w and then v_1 … v_width for each of them. */
export interface Gathered {
  readonly rows: Float64Array;
  readonly x: readonly number[];
  /** Number of values in v. */
  readonly width: number;
}

export function machineLogit({ rows, x, width }: Gathered): number {
  const stride = width + 1;
  let z = 0;
  for (let i = 0; i < x.length; i++) z += rows[i * stride]! * x[i]!;
  for (let f = 1; f <= width; f++) {
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < x.length; i++) {
      const part = rows[i * stride + f]! * x[i]!;
      sum += part;
      squares += part * part;
    }
    z += (sum * sum - squares) / 2;
  }
  return z;
}

/** dz / d rows: x_i for w_i, and x_i (Σ_j v_jf x_j − v_if x_i) for v_if. */
export function machineGradient({ rows, x, width }: Gathered): Float64Array {
  const stride = width + 1;
  const gradient = new Float64Array(rows.length);
  for (let i = 0; i < x.length; i++) gradient[i * stride] = x[i]!;
  for (let f = 1; f <= width; f++) {
    let sum = 0;
    for (let i = 0; i < x.length; i++) sum += rows[i * stride + f]! * x[i]!;
    for (let i = 0; i < x.length; i++) {
      gradient[i * stride + f] = x[i]! * (sum - rows[i * stride + f]! * x[i]!);
    }
  }
  return gradient;
}
