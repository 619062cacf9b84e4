# Makes directories on a host, and takes ports there.
# $1: the directory that holds them. $2: the process of the keeper. $3: how many ports. Then the names of the directories.
run=$1 keeper=$2 count=$3
shift 3
(cd -- "$run" && exec mkdir -- "$@") || exit 1
ports=${run%/*}/cluster-ports-$(id -u)
# Ports that nobody uses now, from some place on, below those that the system assigns.
candidates=$(
    cat /proc/sys/net/ipv4/ip_local_port_range /proc/net/tcp /proc/net/tcp6 /proc/net/udp /proc/net/udp6 2>/dev/null |
        awk -v seed="$keeper" '
            function number(text, value, at) {
                for (at = 1; at <= length(text); at++) value = value * 16 + index("0123456789ABCDEF", substr(text, at, 1)) - 1
                return value
            }
            NF == 2 { last = $1 - 1 }
            $2 ~ /:/ { split($2, local, ":"); used[number(local[2])] = 1 }
            END {
                first = 10240
                if (last <= first) { first = 1024; if (last <= first) { first = 10240; last = 32767 } }
                srand(seed)
                from = int(rand() * (last - first))
                for (at = 0; at <= last - first; at++) {
                    port = first + (from + at) % (last - first + 1)
                    if (!(port in used)) print port
                }
            }'
)
# A claim is a file that cannot be made twice. It says whose it is, and counts for nothing once that keeper is gone.
set -C
for port in $candidates; do
    [ "$count" -gt 0 ] || break
    claim=$ports/$port
    if [ -e "$claim" ] && read -r owner <"$claim" && [ ! -e "/proc/$owner" ]; then rm -f -- "$claim"; fi
    # The last run here may have removed the directory a moment ago.
    if [ ! -d "$ports" ]; then mkdir -p "$ports"; fi
    if { echo "$keeper" >"$claim"; } 2>/dev/null; then
        echo "$port"
        count=$((count - 1))
    fi
done
