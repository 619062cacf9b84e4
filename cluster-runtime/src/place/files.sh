# Reads and changes the directory of a node on a host.
# $1: the directory, which is never made anew. $2: what to do. $3: the name of a file in it.
cd -- "$1" || exit 1
file=./$3
check_file() {
    if [ -e "$file" ] && [ ! -f "$file" ]; then
        echo "it is not a regular file" >&2
        exit 1
    fi
}
case $2 in
read) check_file && exec cat "$file" ;;
write) mkdir -p "${file%/*}" && check_file && exec cat >"$file" ;;
remove) if [ -e "$file" ] || [ -L "$file" ]; then exec rm "$file"; fi ;;
exists) if [ -e "$file" ]; then echo yes; fi ;;
wipe) for file in ./* ./.[!.]* ./..?*; do rm -rf "$file"; done ;;
# A socket that somebody listens on; it is listed by the path to which it was bound.
listens)
    export path="$1/$3" name="$3"
    if [ -S "$file" ]; then
        awk '$4 == "00010000" && ($8 == ENVIRON["path"] || $8 == ENVIRON["name"]) { print "yes" }' /proc/net/unix
    fi
    ;;
esac
