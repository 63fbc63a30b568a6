// Cholesky factorization and solution, on dense row-major matrices. Uses only + - * / and square roots: the same bits on every machine.

/**
 * Replaces the lower triangle of `a` [n, n] by its Cholesky factor L, a = L L^T; the upper triangle stays.
 * Returns false if `a` is not positive definite.
 */
export function cholesky(a: Float64Array, n: number): boolean {
  for (let j = 0; j < n; j++) {
    const top = j * n;
    let d = a[top + j];
    for (let k = 0; k < j; k++) d -= a[top + k] * a[top + k];
    if (!(d > 0)) return false;
    d = Math.sqrt(d);
    a[top + j] = d;
    const scale = 1 / d;
    let i = j + 1;
    // Four rows together, so that no sum waits for the previous one.
    for (; i + 3 < n; i += 4) {
      const r0 = i * n;
      const r1 = r0 + n;
      const r2 = r1 + n;
      const r3 = r2 + n;
      let s0 = a[r0 + j];
      let s1 = a[r1 + j];
      let s2 = a[r2 + j];
      let s3 = a[r3 + j];
      for (let k = 0; k < j; k++) {
        const x = a[top + k];
        s0 -= a[r0 + k] * x;
        s1 -= a[r1 + k] * x;
        s2 -= a[r2 + k] * x;
        s3 -= a[r3 + k] * x;
      }
      a[r0 + j] = s0 * scale;
      a[r1 + j] = s1 * scale;
      a[r2 + j] = s2 * scale;
      a[r3 + j] = s3 * scale;
    }
    for (; i < n; i++) {
      let s = a[i * n + j];
      for (let k = 0; k < j; k++) s -= a[i * n + k] * a[top + k];
      a[i * n + j] = s * scale;
    }
  }
  return true;
}

/** Solves L L^T x = b; `x` holds b and then the solution, `l` is the result of `cholesky`. */
export function choleskySolve(l: Float64Array, n: number, x: Float64Array): void {
  for (let i = 0; i < n; i++) {
    let s = x[i];
    for (let k = 0; k < i; k++) s -= l[i * n + k] * x[k];
    x[i] = s / l[i * n + i];
  }
  for (let i = n - 1; i >= 0; i--) {
    const v = x[i] / l[i * n + i];
    x[i] = v;
    for (let k = 0; k < i; k++) x[k] -= l[i * n + k] * v;
  }
}
