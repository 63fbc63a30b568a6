#!/usr/bin/env bash
# The fleet on the real things: jobs on two Slurms of their own, beside each other for they mostly wait, then ranks under MPI.
# Needs Debian's packages mpich, slurm-wlm, munge, slurmdbd, mariadb-server, slurmrestd and slurm-wlm-jwt-plugin.
set -uo pipefail
cd "$(dirname "$0")/.."
export JIKJI_FLEET=1
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT

# What takes long on one Slurm; on the other, which has accounts and slurmrestd, whatever else wants one.
long=(src/cli/make-on-faults.fleet.test.ts src/cli/eval-on.fleet.test.ts)
mapfile -t slurm < <(grep -rlE 'testing/(slurm|make-on)\.ts' src --include='*.test.ts' | grep -vxF "${long[@]/#/-e}" | sort)
mapfile -t mpi < <(find src -name '*.fleet.test.ts' | grep -vxF "${long[@]/#/-e}" | grep -vxF "${slurm[@]/#/-e}" | sort)

failed=0
scripts/with-slurm.sh npx --no-install vitest run "${long[@]}" >"$logs/long" 2>&1 & first=$!
scripts/with-slurm.sh --accounting --rest npx --no-install vitest run "${slurm[@]}" >"$logs/slurm" 2>&1 & second=$!
wait $first || failed=1
wait $second || failed=1
cat "$logs/long" "$logs/slurm"
npx --no-install vitest run "${mpi[@]}" || failed=1
exit $failed
