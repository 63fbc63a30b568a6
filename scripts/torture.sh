#!/usr/bin/env bash
# `npm run torture`: all tests with many more cases, on a PostgreSQL server of their own too where Debian's package is installed; then the
# fleet. `npm run torture -- FILE...` runs these test files alone.
set -euo pipefail
cd "$(dirname "$0")/.."
node scripts/build-kernels.mjs --if-stale
with=()
if [ -z "${JIKJI_TEST_POSTGRES:-}" ]; then
  if compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; then with=(scripts/with-postgres.sh)
  else echo 'PostgreSQL is not installed: NO test runs on it, no process is killed beside it. Debian: apt install postgresql' >&2; fi
fi
JIKJI_TORTURE=1 "${with[@]}" npx --no-install vitest run "$@"
[ $# -gt 0 ] || scripts/check-fleet.sh
