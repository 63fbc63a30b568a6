// Singular values for tests, by a method that has nothing to do with Newton-Schulz.

/** Singular values of x [R, C], R >= C, by one-sided Jacobi rotations of its columns. */
export function singularValues(x: ArrayLike<number>, R: number, C: number): number[] {
  const a = Float64Array.from(x);
  for (let sweep = 0; sweep < 30; sweep++) {
    for (let p = 0; p < C; p++) {
      for (let q = p + 1; q < C; q++) {
        let [pp, qq, pq] = [0, 0, 0];
        for (let i = 0; i < R; i++) {
          const [u, v] = [a[i * C + p]!, a[i * C + q]!];
          pp += u * u;
          qq += v * v;
          pq += u * v;
        }
        if (Math.abs(pq) < 1e-15 * Math.sqrt(pp * qq) || pq === 0) continue;
        const zeta = (qq - pp) / (2 * pq);
        const t = Math.sign(zeta || 1) / (Math.abs(zeta) + Math.hypot(1, zeta));
        const c = 1 / Math.hypot(1, t);
        for (let i = 0; i < R; i++) {
          const [u, v] = [a[i * C + p]!, a[i * C + q]!];
          a[i * C + p] = c * (u - t * v);
          a[i * C + q] = c * (v + t * u);
        }
      }
    }
  }
  return Array.from({ length: C }, (_, j) => Math.hypot(...Array.from({ length: R }, (_, i) => a[i * C + j]!)));
}
