#!/usr/bin/env bash
# The fleet on the real things: ranks under MPI, then jobs on two Slurms of their own, beside each other for they mostly wait.
# Needs Debian's packages mpich, slurm-wlm, munge, slurmdbd, mariadb-server, slurmrestd and slurm-wlm-jwt-plugin.
set -uo pipefail
cd "$(dirname "$0")/.."
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT

JIKJI_FLEET=1 npx --no-install vitest run --project fleet || exit 1

# Faults and time limits of runs on one; on the other, which has accounts and slurmrestd, whatever else wants a Slurm.
runs=src/cli/make-on.test.ts
mapfile -t others < <(grep -rl 'slurm.testing' src --include='*.test.ts' | grep -vx "$runs" | sort)
scripts/with-slurm.sh npx --no-install vitest run "$runs" >"$logs/runs" 2>&1 & first=$!
scripts/with-slurm.sh --accounting --rest npx --no-install vitest run "${others[@]}" >"$logs/others" 2>&1 & second=$!
failed=0
wait $first || failed=1
wait $second || failed=1
cat "$logs/runs" "$logs/others"
exit $failed
