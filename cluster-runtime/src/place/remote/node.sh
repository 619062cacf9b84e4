# Runs the program of a node on a host. Its input is the lease of the program: each line is a signal, and its end kills it.
# $1: what its own lines on standard error begin with. $2: the variable CLUSTER_NODE of the program. $3: the file for the number
# of its process. $4: its directory. $5: the program. $6: how many named pipes it writes to. Then the pipes, variables of the
# environment, the program again and its arguments.
sign=$1 mark=$2 pid_file=$3 directory=$4 program=$5 pipes=$6
shift 6
# A shell writes of signals to its standard error.
exec 3<&0 </dev/null 9>&2 2>/dev/null
# A line of its own in the midst of what the program writes.
tell() { printf '\n%s %s\n' "$sign" "$*" >&9; }
refuse() { tell "$@" && exit 1; }

cd "$directory" || refuse unable "its directory $directory is gone"
command -v -- "$program" >/dev/null || refuse missing
# Held open, so that the reader of a pipe sees no end before that of the program.
descriptor=4
while [ "$pipes" -gt 0 ]; do
    eval "exec $descriptor<>\"\$1\""
    descriptor=$((descriptor + 1)) pipes=$((pipes - 1))
    shift
done
# Handled, as the program would ignore what is ignored here.
trap : HUP INT PIPE TERM

# Those that have left the group of the program, too.
family() {
    grep -lsF "CLUSTER_NODE=$mark" /proc/[0-9]*/environ | while IFS=/ read -r _ _ process _; do echo "$process"; done
}
# The same in `found`. One that is between two programs shows no environment: where nobody is found it looks again.
look() {
    found=$(family)
    if [ -z "$found" ]; then sleep 0.05 && found=$(family); fi
}
signal_all() {
    kill -s "$1" -- "-$pid"
    for process in $(family); do kill -s "$1" "$process"; done
}
# One that waits in the kernel stops before it returns to its own code.
is_running() {
    for process in "$pid" $(family); do
        read -r state <"/proc/$process/stat" || continue
        case ${state##*) } in
        [RS]*) return 0 ;;
        esac
    done
    return 1
}
suspend() {
    for attempt in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        signal_all STOP
        if ! is_running; then tell suspended && return; fi
        sleep 0.05
    done
    tell restless
}

(
    trap : HUP INT PIPE TERM
    while read -r word; do
        read -r pid <"$pid_file"
        case $word in
        suspend) suspend ;;
        resume) signal_all CONT && tell resumed ;;
        *) kill -s "$word" -- "-$pid" ;;
        esac
    done
    # The number may not be written yet, or be removed already, also where the shell that waits for the program was killed.
    alone=0
    while [ "$alone" -lt 20 ]; do
        read -r pid <"$pid_file" && kill -s KILL -- "-$pid"
        for process in $(family); do kill -s KILL "$process"; done
        kill -0 $$ || alone=$((alone + 1))
        sleep 0.05
    done
) <&3 >/dev/null &
reader=$!

# In the foreground, as a shell makes those in the background ignore SIGINT.
CLUSTER_NODE=$mark setsid sh -c 'echo $$ >"$1" && printf "\n%s runs\n" "$2" >&9 && shift 2 && exec env "$@" 2>&9 9>&-' \
    sh "$pid_file" "$sign" "$@" 3<&-
status=$?
read -r pid <"$pid_file"
if [ "$status" = 0 ]; then
    look
    for process in $found; do
        read -r name <"/proc/$process/comm" && left="$left,$name (process $process)"
    done
fi
for attempt in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    signal_all KILL
    look
    if [ -z "$found" ]; then break; fi
    sleep 0.05
done
rm -f -- "$pid_file"
tell ended "$status$left"
kill -s KILL "$reader"
