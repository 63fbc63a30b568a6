#!/usr/bin/env bash
# The fleet on the real things: ranks under MPI, then jobs on two Slurms of their own, beside each other for they mostly wait.
# Needs Debian's packages mpich, slurm-wlm, munge, slurmdbd, mariadb-server, slurmrestd and slurm-wlm-jwt-plugin.
set -uo pipefail
cd "$(dirname "$0")/.."
export JIKJI_FLEET=1
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT

# Faults and time limits of runs on one Slurm; on the other, which has accounts and slurmrestd, whatever else wants one.
runs=src/cli/make-on.fleet.test.ts
mapfile -t slurm < <(grep -rl 'slurm.testing' src --include='*.test.ts' | grep -vx "$runs" | sort)
mapfile -t mpi < <(find src -name '*.fleet.test.ts' | grep -vxF -e "$runs" -f <(printf '%s\n' "${slurm[@]}") | sort)

failed=0
npx --no-install vitest run "${mpi[@]}" || failed=1
scripts/with-slurm.sh npx --no-install vitest run "$runs" >"$logs/runs" 2>&1 & first=$!
scripts/with-slurm.sh --accounting --rest npx --no-install vitest run "${slurm[@]}" >"$logs/slurm" 2>&1 & second=$!
wait $first || failed=1
wait $second || failed=1
cat "$logs/runs" "$logs/slurm"
exit $failed
