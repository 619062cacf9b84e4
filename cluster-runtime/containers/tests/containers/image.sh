# Makes an image at an engine with a shell and what it needs, and nothing else. $1: the socket. $2: its name.
set -e
directory=$(mktemp -d)
trap 'rm -rf -- "$directory"' EXIT
for program in sh sleep; do
    file=$(command -v "$program")
    for path in "$file" $(ldd "$file" | grep -o '/[^ ]*'); do
        mkdir -p "$directory/own/$(dirname "$path")"
        cp -L "$path" "$directory/own/$path"
    done
done
mkdir "$directory/own/opt"
mv "$directory/own/$(command -v sleep)" "$directory/own/opt/doze"
tar --create --file "$directory/own.tar" --directory "$directory/own" .
api() { curl --silent --fail --output /dev/null --unix-socket "$1" --request POST "$2" --header 'content-type: application/x-tar' --data-binary "@$3"; }
api "$1" "http://engine/images/create?fromSrc=-&repo=$2&tag=latest&changes=ENV%20PATH%3D/usr/bin:/bin:/opt" "$directory/own.tar"
