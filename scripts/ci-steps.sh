# The steps of .ci/run, which sources this file: a table with their seconds, lanes beside one another, a second try of what failed, and at
# the end why. It knows no step by name. An error outside a step ends the script, and its exit code is 0 only if `finish` says so.
#   step NAME COMMAND...   runs a command; what it printed is shown when it has ended
#   lane NAME COMMAND...   runs steps beside other lanes
#   line FUNCTION...       runs those that no other lane has taken yet, one after another
#   joined                 waits for all lanes
#   finish                 tries each step that failed once more, alone; ends with 0 only if every step passed at last
# A step that passes in its second try is FLAKY in the table, with the test that failed. scripts/flaky.json then gets that test, the day and
# the cause as far as it was found: at most five tests, none for more than 14 days (scripts/ratchet.ts).
# CI_LOGS=FOLDER keeps what every step printed, of both tries.

set -euo pipefail
steps=$(mktemp -d)
logs=${CI_LOGS:-$steps/logs}
mkdir -p "$logs" "$steps/taken"
logs=$(cd "$logs" && pwd)
flaky=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/flaky.json
: >"$steps/table"
: >"$steps/failed"
lanes=() finished='' flaky_steps=0

ended() {
  local code=$?
  if [ -z "$finished" ]; then
    [ $code -ne 0 ] || code=1
    printf '\n'
    cat "$steps/table"
    sed -E 's/^again (.*)/FAILED  \1/' "$steps/failed"
    printf 'The script broke off (exit code %d): not every step was tried.\n' $code
  fi
  rm -rf "$steps"
  exit $code
}
trap ended EXIT

used() { # sets `used`: seconds of processors of the ended children of this shell, in which it must be called (fields 16 and 17 of proc_pid_stat(5))
  local fields
  read -ra fields <"/proc/$BASHPID/stat"
  used=$(((fields[15] + fields[16]) / 100))
}

try() { # log, command...: sets `outcome`, `clock` and `processors`
  local log=$1 from=$SECONDS before; shift
  used; before=$used
  outcome=ok
  # Into a file: what a step leaves running would keep a pipe open, and this script waiting.
  "$@" >"$log" 2>&1 </dev/null || outcome=FAILED
  used
  clock=$((SECONDS - from)) processors=$((used - before))
}

row() { # seconds by the clock, of processors, outcome, name
  printf '%6d s %6d s  %-6s  %s\n' "$@"
}

show() { # name, log, row: in one piece, whatever other lanes show
  flock "$steps" sh -c 'printf "\n== %s\n" "$1"; cat "$2"; printf "%s\n" "$3"' sh "$@"
}

step() {
  local name=$1 log outcome clock processors; shift
  log=$logs/${name//[^A-Za-z0-9]/-}.log
  printf 'begins: %s\n' "$name"
  try "$log" "$@"
  local line; line=$(row "$clock" "$processors" $outcome "$name")
  show "$name" "$log" "$line"
  # Of what failed `finish` tells the outcome.
  if [ $outcome = ok ]; then printf '%s\n' "$line" >>"$steps/table"
  else printf 'again %q %q %d %d %s\n' "$name" "$log" "$clock" "$processors" "$(printf '%q ' "$@")" >>"$steps/failed"; fi
}

lane() {
  local name=$1; shift
  "$@" 2>"$logs/lane-$name.log" & lanes+=("$! $name")
}
joined() {
  local lane pid name
  for lane in "${lanes[@]}"; do
    read -r pid name <<<"$lane"
    wait "$pid" || broken "the lane $name broke off (exit code $?)" "$logs/lane-$name.log" 0 0
  done
}
line() {
  local one
  for one in "$@"; do
    if mkdir "$steps/taken/$one" 2>/dev/null; then "$one"; fi
  done
}

broken_names=() broken_logs=() broken_rows=() # of all that is FAILED at last
broken() { # name, log, seconds by the clock and of processors
  broken_names+=("$1") broken_logs+=("$2") broken_rows+=("$(row "$3" "$4" FAILED "$1")")
}

again() { # name, log and seconds of the first try, command...
  local name=$1 log=$2 clock_before=$3 processors_before=$4 outcome clock processors case; shift 4
  local second=${log%.log}.second-try.log title=$name
  printf 'begins once more: %s\n' "$name"
  try "$second" "$@"
  clock=$((clock_before + clock)) processors=$((processors_before + processors))
  if [ $outcome = ok ]; then
    outcome=FLAKY flaky_steps=$((flaky_steps + 1))
    case=$(cases "$log" 1)
    name="$name: ${case:-no name of a test was found}$(known "$case")"
    row $clock $processors FLAKY "$name" >>"$steps/table"
  else broken "$name" "$second" $clock $processors; fi
  show "$title, once more" "$second" "$(row $clock $processors $outcome "$name")"
}

cases() { # log, most lines: the tests and cases that failed in it, each with its first message
  awk -v most="$2" '
    function put(text) { if (lines++ < most) print substr(text, 1, 240) }
    wanted && NF && !/FAIL|DIFFERS/ { put("    " $0); wanted = 0 }
    /^ *(FAIL|FAILED|FAILS|DIFFERS):? / { wanted = 0; if (!seen[$0]++) { sub(/^ */, ""); put($0); wanted = 1 } }
    /^[^ ]+\.(ts|tsx|mjs|py|sh|json|css|md)[:(][0-9]+/ { if (!seen[$0]++) put($0) }
  ' "$1"
}

known() { # a test's name: what scripts/flaky.json says of it
  node -e '
    const [file, test] = process.argv.slice(1);
    const entry = JSON.parse(require("fs").readFileSync(file, "utf8")).find((entry) => test.includes(entry.test));
    process.stdout.write(entry ? ` (known since ${entry.day}: ${entry.cause})` : " (new: scripts/flaky.json must say since when and why)");
  ' "$flaky" "$1"
}

finish() {
  local call i most passed
  while read -r call <&3; do eval "$call"; done 3<"$steps/failed"
  passed=$(grep -c . "$steps/table") || true
  passed=$((passed - flaky_steps))
  # So that 60 lines hold the table and, before it, a word on each failure.
  most=$((${#broken_names[@]} > 1 ? 28 / ${#broken_names[@]} : 9))
  for i in "${!broken_names[@]}"; do
    printf '\n-- the last lines of: %s\n' "${broken_names[i]}"
    tail -n 20 "${broken_logs[i]}"
  done
  for i in "${!broken_names[@]}"; do
    printf -- '-- failed: %s\n' "${broken_names[i]}"
    cases "${broken_logs[i]}" $most
  done
  used
  printf ' clock  processors\n'
  cat "$steps/table"
  [ ${#broken_rows[@]} -eq 0 ] || printf '%s\n' "${broken_rows[@]}"
  printf '%6d s %6d s  in all\n' $SECONDS "$used"
  printf '%d passed, %d flaky, %d failed\n' "$passed" $flaky_steps ${#broken_names[@]}
  finished=yes
  [ ${#broken_names[@]} -eq 0 ]
}
