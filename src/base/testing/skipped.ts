// For tests of what a machine may lack.

/** Says on the test's output why something is not tested here. With CI=true that is a failure: there everything must run. */
export function skipped(what: string, why: string | undefined): boolean {
  if (why === undefined) return false;
  if (process.env.CI === 'true') throw new Error(`${what} must be tested in CI, but ${why}`);
  console.warn(`skipped: ${what}: ${why}`);
  return true;
}
