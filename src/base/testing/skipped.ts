// For tests of what a machine may lack.

/**
 * Says on the test's output why something is not tested here; the last line of a run of the tests repeats it. With CI=true that is a
 * failure, where no other command is named that tries it: there everything must run.
 */
export function skipped(what: string, why: string | undefined, elsewhere?: string): boolean {
  if (why === undefined) return false;
  if (process.env.CI === 'true' && elsewhere === undefined) throw new Error(`${what} must be tested in CI, but ${why}`);
  console.warn(`skipped: ${what}: ${why}${elsewhere === undefined ? '' : `; ${elsewhere} tries it`}`);
  return true;
}
