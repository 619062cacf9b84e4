# Runs an engine for tests, in a network and with mounts of its own, until the end of the input. Then nothing of it is left.
# $1: podman, docker, or `podman of a user`. $2: its directory, which is removed. It does not see what others put into `hidden` there. $3: the
# number of the user. It says `ready`, or why it cannot run.
kind=$1 directory=$2 user=$3
socket=$directory/socket
# Handled, as the engine would ignore what is ignored here.
trap : HUP INT TERM

mount -t tmpfs tmpfs /run || exit
mkdir "$directory/hidden" && mount -t tmpfs tmpfs "$directory/hidden" || exit
for own in /etc/docker /var/lib/cni; do
    if [ -d "$own" ]; then mount -t tmpfs tmpfs "$own"; fi
done
# Podman's programs refuse two kinds of control groups at a time.
umount /sys/fs/cgroup/unified 2>/dev/null
ip link set lo up
cd "$directory" || exit

as_user() { setpriv --reuid "$user" --regid "$user" --clear-groups "$@"; }

case $kind in
podman*)
    for init in /usr/libexec/podman/catatonit /usr/bin/catatonit /usr/bin/tini /usr/bin/docker-init; do
        if [ -x "$init" ]; then break; fi
    done
    most=$(ulimit -Hn)
    cat >containers.conf <<END
[containers]
default_ulimits = ["nofile=$most:$most", "nproc=4096:4096"]
[engine]
init_path = "$init"
END
    export CONTAINERS_CONF="$directory/containers.conf"
    set -- --root "$directory/root" --runroot "$directory/run" --tmpdir "$directory/tmp" \
        --network-config-dir "$directory/networks" --cgroup-manager cgroupfs --events-backend file
    if [ "$kind" = podman ]; then
        podman "$@" system service --time=0 "unix://$socket" </dev/null >>log 2>&1 &
    else
        # A user whom only this engine knows, with more users of its own.
        mount --make-rshared /
        mkdir users "/run/$user" && chown "$user:$user" "$directory" "/run/$user"
        cp /etc/passwd /etc/group users
        echo "cluster:x:$user:$user::$directory:/bin/sh" >>users/passwd
        echo "cluster:x:$user:" >>users/group
        for file in subuid subgid; do echo "cluster:$((user * 65536)):65536" >"users/$file"; done
        for file in passwd group subuid subgid; do mount --bind "users/$file" "/etc/$file" || exit; done
        mount -t tmpfs -o mode=755 tmpfs /dev/net && mknod -m 666 /dev/net/tun c 10 200
        export HOME="$directory" XDG_RUNTIME_DIR="/run/$user"
        as_user podman "$@" system service --time=0 "unix://$socket" </dev/null >>log 2>&1 &
    fi
    groups=libpod_parent
    ;;
docker)
    groups=cluster-$$
    dockerd --data-root "$directory/root" --exec-root "$directory/run" --pidfile "$directory/pid" --bridge none \
        --iptables=false --ip-masq=false --cgroup-parent "$groups" --host "unix://$socket" --host unix:///var/run/docker.sock </dev/null >>log 2>&1 &
    ;;
esac
engine=$!
echo "$engine" >engine

ask() { curl --silent --max-time 60 --unix-socket "$socket" "$@"; }
attempts=0
until [ "$(ask http://engine/_ping)" = OK ] || [ "$attempts" -ge 100 ] || ! kill -0 "$engine" 2>/dev/null; do
    attempts=$((attempts + 1))
    sleep 0.1
done
if [ "$(ask http://engine/_ping)" = OK ]; then echo ready; else echo "$(tail -n 1 log)"; fi
while read -r _; do :; done

for attempt in 1 2 3; do
    containers=$(ask "http://engine/containers/json?all=1" | tr ',{' '\n\n' | sed -n 's/^"Id":"\([0-9a-f]*\)".*/\1/p')
    for container in $containers; do
        ask --output /dev/null --request DELETE "http://engine/containers/$container?force=1&v=1"
    done
done
# What an engine leaves that was killed.
if [ "$kind" = podman ]; then podman "$@" rm --force --time 0 --all >>log 2>&1; fi
if [ "$kind" = docker ]; then
    for process in $(cat /sys/fs/cgroup/*/"$groups"/*/cgroup.procs) $(grep -lsF "$directory/" /proc/[0-9]*/cmdline | tr -dc '0-9\n'); do
        if [ "$process" != "$$" ] && [ "$process" != "$engine" ]; then kill -s KILL "$process"; fi
    done 2>/dev/null
fi
kill "$engine" 2>/dev/null
for attempt in 1 2 3 4 5 6 7 8 9 10; do
    if kill -0 "$engine" 2>/dev/null; then sleep 0.2; fi
done
kill -s KILL "$engine" 2>/dev/null
wait "$engine"
# What holds the namespaces of a user, and what is in them.
if [ "$kind" = 'podman of a user' ]; then
    kill -s KILL $(grep -lsF "HOME=$directory" /proc/[0-9]*/environ | tr -dc '0-9\n')
fi
cd /
cut -d ' ' -f 2 /proc/mounts | grep -F "$directory/" | sort -r | while read -r mount; do umount "$mount"; done
rm -rf -- "$directory"
# Processes that have ended hold their control groups for a moment.
attempts=0
while ls -d /sys/fs/cgroup/*/"$groups" >/dev/null 2>&1 && [ "$attempts" -lt 20 ]; do
    find /sys/fs/cgroup/*/"$groups" -depth -type d -exec rmdir {} + 2>/dev/null
    attempts=$((attempts + 1))
    sleep 0.1
done
