#!/usr/bin/env bash
# Runs a command with JIKJI_TEST_POSTGRES naming a PostgreSQL server of its own, which is gone afterwards:
# `scripts/with-postgres.sh npx vitest run src/program/database`. Debian's package postgresql must be installed. It does not wait for the
# disk: processes are killed in tests, machines are not, and tests make and drop thousands of files.
set -euo pipefail
bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
folder=$(mktemp -d)
as() { "$@"; } # PostgreSQL does not run as root
if [ "$(id -u)" -eq 0 ]; then
  as() { runuser -u postgres -- "$@"; }
  chown postgres "$folder"
fi
port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')
stop() { as "$bin/pg_ctl" -D "$folder/data" -m immediate stop >/dev/null 2>&1 || true; rm -rf "$folder"; }
trap stop EXIT
cd "$folder"
password=$(node -p 'require("crypto").randomBytes(12).toString("hex")')
as sh -c "umask 077; printf %s $password > $folder/password"
as "$bin/initdb" -D "$folder/data" -U jikji --auth=scram-sha-256 --pwfile="$folder/password" --encoding=UTF8 --locale=C.UTF-8 >/dev/null
as "$bin/pg_ctl" -D "$folder/data" -l "$folder/data/server.log" -w \
  -o "-c fsync=off -c listen_addresses=127.0.0.1 -p $port -k $folder" start >/dev/null
cd - >/dev/null
JIKJI_TEST_POSTGRES="postgres://jikji:$password@127.0.0.1:$port/postgres" "$@"
