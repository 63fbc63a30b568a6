#!/usr/bin/env bash
# The console in a real browser: its tests; then a whole programme on real runs, and beside it every page in two opposite views. Options go to
# the programme: `npm run check:browser -- --screenshots docs/images`. Needs Debian's chromium-headless-shell
# or chromium, or CHROMIUM names another one.
set -uo pipefail
cd "$(dirname "$0")/.."
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT

failed=0
JIKJI_BROWSER=1 npx --no-install vitest run --project browser || failed=1
node src/console/testing/look.ts --check >"$logs/look" 2>&1 & look=$!
node checks/browser/run.ts "$@" || failed=1
wait $look || failed=1
cat "$logs/look"
exit $failed
