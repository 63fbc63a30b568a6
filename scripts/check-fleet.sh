#!/usr/bin/env bash
# The fleet on the real things: jobs on two Slurms of their own, beside each other for they mostly wait, runs that move between two sites, then
# ranks under MPI.
# Needs Debian's packages mpich, slurm-wlm, munge, slurmdbd, mariadb-server, slurmrestd and slurm-wlm-jwt-plugin; as root also those of with-two-sites.sh.
set -uo pipefail
cd "$(dirname "$0")/.."
export JIKJI_FLEET=1
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT

# What takes long on one Slurm; on the other, which has accounts and slurmrestd, whatever else wants one.
long=(src/cli/make-on-faults.fleet.test.ts src/cli/eval-on.fleet.test.ts)
sites=src/cli/two-sites.fleet.test.ts
mapfile -t slurm < <(grep -rlE 'testing/(slurm|make-on)\.ts' src --include='*.test.ts' | grep -vxF "${long[@]/#/-e}" | sort)
mapfile -t mpi < <(find src -name '*.fleet.test.ts' | grep -vxF "${long[@]/#/-e}" | grep -vxF "${slurm[@]/#/-e}" | grep -vxF "$sites" | sort)

failed=0
scripts/with-slurm.sh npx --no-install vitest run "${long[@]}" >"$logs/long" 2>&1 & first=$!
jobs_then_sites() {
  local code=0
  scripts/with-slurm.sh --accounting --rest npx --no-install vitest run "${slurm[@]}" || code=1
  if [ "$(id -u)" = 0 ]; then scripts/with-two-sites.sh npx --no-install vitest run "$sites" || code=1
  else echo 'skipped: two sites: networks of their own need root'; fi
  return $code
}
jobs_then_sites >"$logs/slurm" 2>&1 & second=$!
wait $first || failed=1
wait $second || failed=1
cat "$logs/long" "$logs/slurm"
npx --no-install vitest run "${mpi[@]}" || failed=1
exit $failed
