# Keeps what a run has at an engine. Its input is the lease: it holds scripts, and at its end all of the run is removed.
# $1: the run. $2..: what it has besides containers.
trap '' HUP INT TERM
sh

engine() { curl --silent --max-time 20 --unix-socket /engine.sock "$@"; }
# Whether there was nothing.
remove_all() {
    of_run="filters=%7B%22label%22%3A%5B%22cluster.run%3D$1%22%5D%7D"
    shift
    found=$(engine "http://engine/containers/json?all=1&$of_run" | tr ',{' '\n\n' | sed -n 's/^"Id":"\([0-9a-f]*\)".*/\1/p')
    for container in $found; do
        engine --output /dev/null --request DELETE "http://engine/containers/$container?force=1&v=1" &
    done
    wait
    for resource in "$@"; do
        status=$(engine --output /dev/null --write-out '%{http_code}' --request DELETE "http://engine/$resource")
        [ "$status" = 404 ] || found=more
    done
    [ -z "$found" ]
}
# What the test had asked for last may be made yet.
quiet=0 left=300
while [ "$quiet" -lt 3 ] && [ "$left" -gt 0 ]; do
    if remove_all "$@"; then quiet=$((quiet + 1)); else quiet=0; fi
    left=$((left - 1))
    sleep 0.2
done
