# Outlives the test's process, and ends what that leaves behind. Each line of the input tells of a process group: `runs N` or
# `gone N`. The end of the input is the end of the test's process.
# $1: what the variable CLUSTER_NODE of all its programs begins with. $2: the directory that holds those of all its nodes.
trap '' HUP INT QUIT TERM
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
    found=$(grep -ls "CLUSTER_NODE=$1\\." /proc/[0-9]*/environ)
    for file in $found; do
        number=${file#/proc/}
        kill -s KILL "${number%/environ}"
    done
    case $found in
    '') calm=$((calm + 1)) ;;
    *) calm=0 ;;
    esac
    if [ "$calm" = 2 ]; then break; fi
    sleep 0.05
done
for directory in "$2"/*; do
    if [ ! -e "$directory/.keep" ]; then rm -rf -- "$directory"; fi
done
rmdir -- "$2"
