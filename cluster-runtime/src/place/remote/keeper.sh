# Runs on a host for as long as the test has it, and ends and removes what the test leaves there. Its input is the lease: a line
# every few seconds.
# $1: what the variable CLUSTER_NODE of all that the test runs here begins with.
# $2: after how many seconds without a line the test counts as lost.
umask 077
parent=${TMPDIR:-/tmp}
case $parent in
*[[:space:]]*) parent=/tmp ;;
esac
directory=$parent/cluster-$1
ports=$parent/cluster-ports-$(id -u)
for tool in awk cat env grep id mkdir mkfifo rm setsid sleep; do
    command -v "$tool" >/dev/null || missing="$missing $tool"
done
[ -z "$missing" ] || { echo "missing$missing" && exit 1; }
mkdir "$directory" "$directory/pids" "$directory/programs" || exit 1

end() {
    trap '' HUP INT PIPE TERM
    for file in "$directory"/pids/*; do
        read -r group <"$file" && kill -s KILL -- "-$group"
    done
    # One that was forked a moment ago may not show the variable yet: look again.
    calm=0
    for attempt in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        found=$(grep -lsF "CLUSTER_NODE=$1." /proc/[0-9]*/environ)
        for process in $found; do
            process=${process#/proc/}
            kill -s KILL "${process%/environ}"
        done
        case $found in
        '') calm=$((calm + 1)) ;;
        *) calm=0 ;;
        esac
        if [ "$calm" = 2 ]; then break; fi
        sleep 0.05
    done
    if command -v nft; then nft delete table inet "cluster-$1"; fi
    set --
    for claim in "$ports"/*; do
        # Those of a run whose keeper was killed, too; and one that nobody came to write, which is older than this run.
        if read -r owner <"$claim"; then
            if [ "$owner" = $$ ] || [ ! -e "/proc/$owner" ]; then set -- "$@" "$claim"; fi
        elif [ "$claim" -ot "$directory/programs" ]; then
            set -- "$@" "$claim"
        fi
    done
    rm -f -- "$@"
    rmdir -- "$ports"
    # A script of the test may make a file there yet.
    attempts=0
    until rm -rf -- "$directory" || [ "$attempts" -ge 100 ]; do
        attempts=$((attempts + 1))
        sleep 0.05
    done
    kill -s KILL "$timer"
}
trap : HUP INT PIPE
trap 'end "$1"; exit 1' TERM

# The shell that reads cannot look at the time.
(
    misses=0
    while [ "$misses" -lt "$2" ] && kill -0 $$; do
        if [ -e "$directory/beat" ]; then
            rm "$directory/beat"
            misses=0
        fi
        misses=$((misses + 1))
        sleep 1
    done
    kill -s TERM $$
) </dev/null >/dev/null 2>&1 &
timer=$!

# The third word, which is no address where the server of ssh has no socket.
address=${SSH_CONNECTION% *}
address=${address##* }
case $address in
*[0-9]*) ;;
*) address=$(hostname -i 2>/dev/null) ;;
esac
echo "directory $directory"
echo "keeper $$"
echo "address $address"
read -r line || { echo unfed && end "$1" && exit 1; }
echo ready
# The end of the output tells the test that this shell has ended.
exec 3>&1 >/dev/null 2>&1
while read -r line; do
    : >"$directory/beat"
done
end "$1"
