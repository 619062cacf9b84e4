# Outlives the test's process, and ends what that leaves behind. Each line of the input is a word and what it is about:
#   group N, gone N          a process group runs; it has ended
#   directory D, forget D    a directory is in use; it is gone, or is to stay
# The end of the input is the end of the test's process.
# $1: what the variable CLUSTER_NODE of all its programs begins with. $2: the directory that holds all the others.
trap '' HUP INT QUIT TERM
groups=' '
directories=' '
while read -r word what; do
    case $word in
    group) groups="$groups$what " ;;
    gone) case $groups in *" $what "*) groups="${groups%%" $what "*} ${groups#*" $what "}" ;; esac ;;
    directory) directories="$directories$what " ;;
    forget) case $directories in *" $what "*) directories="${directories%%" $what "*} ${directories#*" $what "}" ;; esac ;;
    esac
done
for group in $groups; do
    kill -s KILL -- "-$group"
done
# Whoever left its group still has the variable. A program that was being spawned may not show it yet: look again.
calm=0
for attempt in 1 2 3 4 5 6 7 8 9 10; do
    found=$(grep -lsza "^CLUSTER_NODE=$1\\." /proc/[0-9]*/environ)
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
set -f
for directory in $directories; do
    rm -rf -- "$directory"
done
rmdir -- "$2"
