# Outlives the test's process, and ends what that leaves behind. Each line of the input tells of a process group: `runs N` or
# `gone N`. The end of the input is the end of the test's process.
# $1: what the variable CLUSTER_NODE of all its programs begins with. $2: the directory that holds those of all its nodes.
trap '' HUP INT QUIT TERM
# Finds out the session and the start of a process.
look_at() {
    read -r line <"/proc/$1/stat" || return 1
    # What stands before the last bracket are its number and its name.
    set -- ${line##*) }
    session=$4 start=${20}
}
# A program that was spawned a moment ago may be unknown here, and may have overwritten its environment already. It is in its
# directory, or below, and in the test's session, and younger than this shell, as no shell of a person who looks around is.
at_home() {
    look_at $$ || return 0
    own_session=$session own_start=$start
    ls -l /proc/[0-9]*/cwd | while read -r line; do
        case $line in
        *" -> $1/"*)
            number=${line#*/proc/}
            number=${number%%/*}
            look_at "$number" && [ "$session" = "$own_session" ] && [ "$start" -ge "$own_start" ] && echo "$number"
            ;;
        esac
    done
}
# A variable for each group: to take one out of a long list would take long.
while read -r word number; do
    case $word in
    runs) eval "group_$number=" ;;
    gone) unset "group_$number" ;;
    esac
done
for group in $(set | sed -n 's/^group_\([0-9]*\)=.*/\1/p'); do
    kill -s KILL -- "-$group"
done
# Whoever left its group still has the variable. A program that was being spawned may not show it yet: look again.
calm=0
for attempt in 1 2 3 4 5 6 7 8 9 10; do
    found="$(grep -ls "CLUSTER_NODE=$1\\." /proc/[0-9]*/environ) $(at_home "$2")"
    for process in $found; do
        process=${process#/proc/}
        kill -s KILL "${process%/environ}"
    done
    case $found in
    ' ') calm=$((calm + 1)) ;;
    *) calm=0 ;;
    esac
    if [ "$calm" = 2 ]; then break; fi
    sleep 0.05
done
for directory in "$2"/*; do
    if [ ! -e "$directory/.keep" ]; then rm -rf -- "$directory"; fi
done
rmdir -- "$2"
