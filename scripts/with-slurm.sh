#!/usr/bin/env bash
# Runs a command beside a Slurm of its own, which is gone afterwards: `scripts/with-slurm.sh npx vitest run src/fleet/launch`.
# Two nodes, a and b, are two slurmd on this host; the partition main has both, short has a alone and 2 minutes; a has two
# devices gpu:made_up, which are plain files. With --accounting
# there are slurmdbd and MariaDB too, so that sacct answers and accounts are enforced (there is one, team); with --rest a slurmrestd
# listens on the unix socket that SLURMRESTD names and, to whoever has a token, where SLURMRESTD_HTTP says. Everything lives in one temporary folder; JIKJI_SLURM_KEEP=1 keeps it, for its logs.
# Needs Debian's packages slurm-wlm and munge (slurmdbd, mariadb-server, slurmrestd and slurm-wlm-jwt-plugin). Works as root and as somebody else.
set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin
accounting='' rest=''
while :; do
  case ${1:-} in
    --accounting) accounting=1 ;;
    --rest) rest=1 ;;
    *) break ;;
  esac
  shift
done
[ $# -gt 0 ] || { echo 'usage: scripts/with-slurm.sh [--accounting] [--rest] COMMAND...' >&2; exit 2; }

needs() { # package of Debian, program in it
  command -v "$2" >/dev/null || { echo "with-slurm.sh: $2 is missing; on Debian: apt-get install $1" >&2; exit 2; }
}
needs munge munged
needs slurmctld slurmctld
needs slurmd slurmd
needs slurm-client sbatch
[ -z "$accounting" ] || { needs slurmdbd slurmdbd; needs mariadb-server mariadbd; }
if [ -n "$rest" ]; then
  needs slurmrestd slurmrestd
  [ -n "$(find -L /usr/lib /usr/lib64 -name auth_jwt.so 2>/dev/null | head -1)" ] ||
    { echo 'with-slurm.sh: the plugin for tokens is missing; on Debian: apt-get install slurm-wlm-jwt-plugin' >&2; exit 2; }
fi

work=$(mktemp -d /tmp/jikji-slurm.XXXXXX)
me=$(id -un)
host=$(hostname -s)
export SLURM_CONF=$work/slurm.conf
daemons=() command_pid=''

# Whoever was started with this configuration: daemons, and what the command and jobs left behind.
ours() {
  env -u SLURM_CONF grep -lsz "^SLURM_CONF=$SLURM_CONF\$" /proc/[0-9]*/environ | tr -dc '0-9\n' || true
  # Steps hide what they were started with, but not what they have open.
  find /proc/[0-9]*/fd -lname "$work/*" 2>/dev/null | cut -d/ -f3 || true
  for daemon in "${daemons[@]}"; do ! kill -0 "${daemon#*:}" 2>/dev/null || echo "${daemon#*:}"; done
}
finish() {
  trap '' INT TERM HUP
  # Jobs first, while there is somebody to end them.
  if [ ${#daemons[@]} -gt 0 ] && timeout 5 scancel --full --signal=KILL --user="$me" 2>/dev/null; then
    timeout 5 scancel --user="$me" 2>/dev/null || true
    for _ in $(seq 50); do
      [ -n "$(timeout 5 squeue --noheader 2>/dev/null)" ] || break
      sleep 0.1
    done
  fi
  local signal left
  for signal in TERM KILL; do
    for _ in $(seq 30); do
      left=$(ours)
      [ -n "$left" ] || break 2
      # shellcheck disable=SC2086
      kill -$signal $left 2>/dev/null || true
      sleep 0.1
    done
  done
  if [ -n "${JIKJI_SLURM_KEEP:-}" ]; then echo "with-slurm.sh: kept $work" >&2; else rm -rf "$work"; fi
}
trap finish EXIT
stop() { # our own interruption is the command's
  [ -z "$command_pid" ] || kill -"$1" "$command_pid" 2>/dev/null || true
  stopped=$2
}
stopped=''
trap 'stop INT 130' INT
trap 'stop TERM 143' TERM
trap 'stop HUP 129' HUP

daemon() { # name, command...: dies with us, even if we are killed
  local name=$1; shift
  setpriv --pdeathsig KILL "$@" >"$work/log/$name.out" 2>&1 </dev/null & daemons+=("$name:$!")
  disown # how it ends is nobody's business
}
until_true() { # what is waited for, seconds, command...
  local what=$1 end=$((SECONDS + $2)) daemon; shift 2
  until "$@" >/dev/null 2>&1; do
    [ -z "$stopped" ] || exit "$stopped"
    for daemon in "${daemons[@]}"; do
      kill -0 "${daemon#*:}" 2>/dev/null && continue
      echo "with-slurm.sh: ${daemon%:*} has ended:" >&2
      tail -n 5 "$work/log/${daemon%:*}"* >&2
      exit 1
    done
    if [ $SECONDS -ge $end ]; then
      echo "with-slurm.sh: gave up waiting for $what" >&2
      tail -n 5 "$work"/log/* >&2
      exit 1
    fi
    sleep 0.1
  done
}

chmod 755 "$work"
mkdir -p "$work"/{munge,ctld,spool-a,spool-b,log,run}
chmod 700 "$work/munge"
# All at once, so that no two are the same.
read -r port_ctld port_a port_b port_dbd port_rest < <(node -e '
  const servers = [0, 1, 2, 3, 4].map(() => require("net").createServer().listen(0, "127.0.0.1"));
  setImmediate(() => { console.log(servers.map((s) => s.address().port).join(" ")); for (const s of servers) s.close(); });')
(umask 077; head -c 1024 /dev/urandom > "$work/munge/munge.key")
cat > "$SLURM_CONF" <<C
ClusterName=jikji
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port_ctld
SlurmUser=$me
SlurmdUser=$me
AuthType=auth/munge
# A requeued job may start as soon as its old credential has run out: 2 minutes by default.
AuthInfo=socket=$work/run/munge.sock,cred_expire=5
StateSaveLocation=$work/ctld
SlurmctldPidFile=$work/run/slurmctld.pid
SlurmctldLogFile=$work/log/slurmctld
SlurmdPidFile=$work/run/slurmd-%n.pid
SlurmdLogFile=$work/log/slurmd-%n
SlurmdSpoolDir=$work/spool-%n
# There are not as many processors as the nodes say.
SlurmdParameters=config_overrides
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
MpiDefault=pmi2
ReturnToService=2
SchedulerType=sched/backfill
SchedulerParameters=sched_interval=2,bf_interval=5
KillWait=10
SlurmctldTimeout=30
SlurmdTimeout=30
JobRequeue=1
GresTypes=gpu
NodeName=a NodeHostname=$host NodeAddr=127.0.0.1 Port=$port_a CPUs=4 RealMemory=4000 Features=first,any Gres=gpu:made_up:2
NodeName=b NodeHostname=$host NodeAddr=127.0.0.1 Port=$port_b CPUs=4 RealMemory=4000 Features=second,any
PartitionName=main Nodes=a,b Default=YES MaxTime=INFINITE State=UP
PartitionName=short Nodes=a MaxTime=2 State=UP
C
echo 'CgroupPlugin=disabled' > "$work/cgroup.conf"
touch "$work"/gpu{0,1}
echo "NodeName=a Name=gpu Type=made_up File=$work/gpu[0-1]" > "$work/gres.conf"

jwt=''
if [ -n "$rest" ]; then
  (umask 077; head -c 32 /dev/urandom > "$work/ctld/jwt.key")
  jwt="AuthAltTypes=auth/jwt
AuthAltParameters=jwt_key=$work/ctld/jwt.key"
  echo "$jwt" >> "$SLURM_CONF"
fi

if [ -n "$accounting" ]; then
  mkdir -p "$work/mysql"
  mysql=(--no-defaults "--user=$me" "--datadir=$work/mysql")
  mariadb-install-db "${mysql[@]}" --auth-root-authentication-method=normal --skip-test-db >"$work/log/mysql-install" 2>&1
  daemon mariadbd mariadbd "${mysql[@]}" --skip-networking "--socket=$work/run/mysql.sock" "--pid-file=$work/run/mysql.pid" \
    --innodb-buffer-pool-size=64M --innodb-flush-log-at-trx-commit=0 --innodb-lock-wait-timeout=900
  until_true MariaDB 60 mariadb --no-defaults --socket="$work/run/mysql.sock" -u root -e 'create database if not exists slurm'
  cat > "$work/slurmdbd.conf" <<C
AuthType=auth/munge
AuthInfo=socket=$work/run/munge.sock
DbdHost=$host
DbdAddr=127.0.0.1
DbdPort=$port_dbd
SlurmUser=$me
LogFile=$work/log/slurmdbd
PidFile=$work/run/slurmdbd.pid
StorageType=accounting_storage/mysql
StorageHost=localhost
StorageLoc=slurm
StorageUser=root
$jwt
C
  chmod 600 "$work/slurmdbd.conf"
  cat >> "$SLURM_CONF" <<C
AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=127.0.0.1
AccountingStoragePort=$port_dbd
AccountingStoragePass=$work/run/munge.sock
AccountingStorageEnforce=associations,limits
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=1
C
fi

daemon munged munged --foreground --force --key-file="$work/munge/munge.key" --socket="$work/run/munge.sock" \
  --pid-file="$work/munge/pid" --log-file="$work/log/munged" --seed-file="$work/munge/seed"
until_true munge 10 munge --socket="$work/run/munge.sock" -n
if [ -n "$accounting" ]; then
  MYSQL_UNIX_PORT=$work/run/mysql.sock daemon slurmdbd slurmdbd -D
  until_true slurmdbd 60 sacctmgr --immediate add cluster jikji
  sacctmgr --immediate --quiet add account team cluster=jikji >/dev/null
  sacctmgr --immediate --quiet add user "$me" account=team cluster=jikji >/dev/null
fi
daemon slurmctld slurmctld -D
daemon slurmd-a slurmd -D -N a
daemon slurmd-b slurmd -D -N b
both_idle() { [ "$(sinfo --noheader --partition=main --states=idle --format=%D)" = 2 ]; }
until_true 'both nodes' 60 both_idle
if [ -n "$rest" ]; then
  # It does not start with the part for an accounting that is not there. One that takes tokens asks the controller by them alone.
  export SLURMRESTD=$work/run/slurmrestd.sock SLURMRESTD_HTTP=http://127.0.0.1:$port_rest
  export SLURMRESTD_SECURITY=disable_user_check,disable_unshare_files,disable_unshare_sysv
  parts=openapi/slurmctld${accounting:+,openapi/slurmdbd}
  daemon slurmrestd slurmrestd -a rest_auth/local -s "$parts" "unix:$SLURMRESTD"
  SLURM_JWT=daemon daemon slurmrestd-http slurmrestd -a rest_auth/jwt -s "$parts" "127.0.0.1:$port_rest"
  until_true slurmrestd 30 test -S "$SLURMRESTD"
  until_true 'slurmrestd with tokens' 30 bash -c "</dev/tcp/127.0.0.1/$port_rest"
fi

# In the background, for only `wait` is interrupted by a signal; there a shell would have it ignore Ctrl-C.
env --default-signal=INT,QUIT "$@" <&0 & command_pid=$!
code=0
wait "$command_pid" || code=$?
# Interrupted: it may take a while to end, and is ended with all the others if it does not.
for _ in $(seq 100); do
  [ -n "$stopped" ] && kill -0 "$command_pid" 2>/dev/null || break
  sleep 0.1
done
exit "${stopped:-$code}"
