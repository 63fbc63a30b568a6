#!/usr/bin/env bash
# Runs a command between two sites, which are gone afterwards: `scripts/with-two-sites.sh npx vitest run src/cli/two-sites.fleet.test.ts`.
# Each site, titan and azalea, has a network, processes, a name, a home in memory of 300 MiB and a Slurm of its own (with-slurm.sh); OpenSSH's
# own server and client, with keys, join them. The command is at neither. For it there are
#   on-site SITE COMMAND...    runs a command there, in its home
#   cut-sites, join-sites      take the cable out, and put it in again
#   fill-site SITE             leaves no room on its disk; `on-site SITE rm full` gives it back
# SITES is the folder of both homes, as seen from outside; SITES_CATALOGUE says how each is reached.
# At a site Jikji is /root/jikji, which reads /root/environment before it starts, if it is there: a shell's file, for faults.
# Needs root, and Debian's packages openssh-server, rsync, iproute2, faketime, and those of with-slurm.sh.
set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin
[ $# -gt 0 ] || { echo 'usage: scripts/with-two-sites.sh COMMAND...' >&2; exit 2; }
[ "$(id -u)" = 0 ] || { echo 'with-two-sites.sh: networks of their own need root' >&2; exit 2; }
needs() { # package of Debian, program in it
  command -v "$2" >/dev/null || { echo "with-two-sites.sh: $2 is missing; on Debian: apt-get install $1" >&2; exit 2; }
}
needs openssh-server sshd
needs openssh-client ssh
needs rsync rsync
needs iproute2 ip
needs faketime faketime

here=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d /tmp/jikji-sites.XXXXXX)
chmod 755 "$work"
sites=(titan azalea)
declare -A address=([titan]=10.77.0.1 [azalea]=10.77.0.2) holder=()
finish() {
  trap '' INT TERM HUP
  local site
  # The first process of a site ends what it has started, and takes all others with it.
  for site in "${!holder[@]}"; do kill -TERM "$(cat "$work/pid-$site")" 2>/dev/null || true; done
  for site in "${!holder[@]}"; do
    for _ in $(seq 150); do kill -0 "${holder[$site]}" 2>/dev/null || break; sleep 0.1; done
    kill -KILL "$(cat "$work/pid-$site")" 2>/dev/null || true
  done
  for site in "${sites[@]}"; do umount -l "$work/homes/$site" 2>/dev/null || true; done
  if [ -n "${JIKJI_SITES_KEEP:-}" ]; then echo "with-two-sites.sh: kept $work" >&2; else rm -rf "$work"; fi
}
trap finish EXIT
stopped='' command_pid=''
stop() { # our own interruption is the command's
  [ -z "$command_pid" ] || kill -"$1" "$command_pid" 2>/dev/null || true
  stopped=$2
}
trap 'stop INT 130' INT
trap 'stop TERM 143' TERM
trap 'stop HUP 129' HUP

mkdir -p "$work"/{homes,log,etc,bin}
for site in "${sites[@]}"; do
  home=$work/homes/$site
  mkdir -p "$home"
  mount -t tmpfs -o size=300m,mode=700 jikji-site "$home"
  mkdir -m 700 "$home/.ssh"
  ssh-keygen -q -t ed25519 -N '' -C "$site" -f "$home/.ssh/id_ed25519"
  ssh-keygen -q -t ed25519 -N '' -C "$site" -f "$work/etc/host-$site"
done
for site in "${sites[@]}"; do
  home=$work/homes/$site
  for other in "${sites[@]}"; do
    [ "$other" != "$site" ] || continue
    cat "$work/homes/$other/.ssh/id_ed25519.pub" >"$home/.ssh/authorized_keys"
    echo "${address[$other]} $(cut -d' ' -f1,2 "$work/etc/host-$other.pub")" >"$home/.ssh/known_hosts"
    printf 'Host %s-login\n  HostName %s\n' "$other" "${address[$other]}" >"$home/.ssh/config"
  done
  cat >"$home/jikji" <<C
#!/bin/sh
[ ! -e /root/environment ] || . /root/environment
exec "$here/bin/jikji" "\$@"
C
  chmod 755 "$home/jikji"
done
export SITES=$work/homes SITES_CATALOGUE=$work/sites.yaml
{
  printf 'formatVersion: 1\nid: sites\nversion: 1\ntitle: { en: Two sites }\nclusters:\n'
  for site in "${sites[@]}"; do
    printf '  - id: %s\n    name: { en: %s }\n    chips: not known\n' "$site" "$site"
    printf '    reached: { scheduler: slurm, ssh: { host: %s-login, folder: /root/runs, jikji: /root/jikji }, egress: { price: 90, currency: USD } }\n' "$site"
  done
} >"$SITES_CATALOGUE"

# What begins a site, in its namespaces: name, home, its end of the cable (Slurm looks for no address of a network that is not there), its Slurm, and beside that its server of ssh.
cat >"$work/bin/site" <<'C'
#!/usr/bin/env bash
set -euo pipefail
export SITE=$1 SITES_WORK=$2 ADDRESS=$3 HOME=/root
hostname "$SITE"
mount --bind "$SITES_WORK/homes/$SITE" /root
ip link set lo up
for _ in $(seq 300); do ip link show cable >/dev/null 2>&1 && break; sleep 0.1; done
ip address add "$ADDRESS/24" dev cable
ip link set cable up
cd /root
exec "$4/scripts/with-slurm.sh" "$SITES_WORK/bin/inside"
C
cat >"$work/bin/inside" <<'C'
#!/usr/bin/env bash
set -euo pipefail
mkdir -p /run/sshd
cat >"$SITES_WORK/etc/sshd-$SITE" <<D
ListenAddress $ADDRESS
HostKey $SITES_WORK/etc/host-$SITE
PidFile none
UsePAM no
PasswordAuthentication no
PermitRootLogin prohibit-password
StrictModes no
AuthorizedKeysFile /root/.ssh/authorized_keys
SetEnv PATH=$PATH SLURM_CONF=$SLURM_CONF
D
/usr/sbin/sshd -D -e -f "$SITES_WORK/etc/sshd-$SITE" >"$SITES_WORK/log/sshd-$SITE" 2>&1 &
printf 'cd /root\nexport HOME=/root PATH=%q SLURM_CONF=%q JIKJI_CATALOGUE=%q\n' "$PATH" "$SLURM_CONF" "$SITES_WORK/sites.yaml" >"$SITES_WORK/etc/env-$SITE"
touch "$SITES_WORK/ready-$SITE"
exec sleep infinity
C
cat >"$work/bin/on-site" <<C
#!/usr/bin/env bash
set -euo pipefail
site=\$1; shift
exec nsenter --target "\$(cat "$work/pid-\$site")" --net --mount --pid --uts --ipc -- \
  env -i bash -c '. "\$0"; exec "\$@"' "$work/etc/env-\$site" "\$@"
C
cat >"$work/bin/cut-sites" <<C
#!/bin/sh
exec nsenter --target "\$(cat "$work/pid-azalea")" --net -- ip link set cable down
C
sed 's/cable down/cable up/' "$work/bin/cut-sites" >"$work/bin/join-sites"
cat >"$work/bin/fill-site" <<C
#!/bin/sh
fallocate -l "\$(df --output=avail --block-size=1 "$work/homes/\$1" | tail -n 1)" "$work/homes/\$1/full"
C
chmod 755 "$work"/bin/*

for site in "${sites[@]}"; do
  unshare --net --mount --pid --uts --ipc --fork --kill-child=TERM --mount-proc \
    "$work/bin/site" "$site" "$work" "${address[$site]}" "$here" \
    >"$work/log/$site" 2>&1 </dev/null &
  holder[$site]=$!
  disown # how it ends is nobody's business
done
# The process inside: the namespace of processes is its own, not that of unshare.
for site in "${sites[@]}"; do
  until pgrep --parent "${holder[$site]}" >"$work/pid-$site"; do
    kill -0 "${holder[$site]}" 2>/dev/null || { cat "$work/log/$site" >&2; exit 1; }
    sleep 0.1
  done
done
ip link add name cable netns "$(cat "$work/pid-titan")" type veth peer name cable netns "$(cat "$work/pid-azalea")"
for site in "${sites[@]}"; do
  for _ in $(seq 900); do
    [ -z "$stopped" ] || exit "$stopped"
    [ ! -e "$work/ready-$site" ] || break
    kill -0 "${holder[$site]}" 2>/dev/null || { cat "$work/log/$site" >&2; exit 1; }
    sleep 0.1
  done
  [ -e "$work/ready-$site" ] || { echo "with-two-sites.sh: gave up waiting for $site" >&2; cat "$work/log/$site" >&2; exit 1; }
done

export PATH=$work/bin:$PATH
# A signal ends the first wait, not the command.
env --default-signal=INT,QUIT "$@" <&0 & command_pid=$!
code=0
wait "$command_pid" || code=$?
while kill -0 "$command_pid" 2>/dev/null; do wait "$command_pid" || code=$?; done
exit "${stopped:-$code}"
