# Starts sleeping containers by engines alone, some at a time. $1: how many. $2: how many at a time. $3..: the sockets of the engines, which are
# a swarm if they are several.
count=$1 at_a_time=$2
shift 2
label='"Labels":{"cluster.figures":"1"}'
if [ "$#" = 1 ]; then
    network='"Driver":"bridge","IPAM":{"Config":[{"Subnet":"10.79.0.0/22"}]}'
else
    network='"Driver":"overlay","Attachable":true,"IPAM":{"Config":[{"Subnet":"10.79.0.0/22","IPRange":"10.79.3.0/24","Gateway":"10.79.0.1"}]}'
fi
curl --silent --fail --unix-socket "$1" --header 'content-type: application/json' --output /dev/null \
    --data '{"Name":"figures","Internal":true,'"$label,$network"'}' http://engine/networks/create
mount() { echo '{"Type":"bind","ReadOnly":true,"Source":"'"$1"'","Target":"'"$1"'"}'; }
mounts=$(mount /tmp)
for path in /usr /bin /lib /lib64 /etc/alternatives /etc/group /etc/ld.so.cache /etc/nsswitch.conf /etc/passwd /etc/ssl; do
    if [ -e "$path" ]; then mounts="$mounts,$(mount "$path")"; fi
done
export label mounts
seq "$count" | xargs -P "$at_a_time" -I{} sh -c '
    shift $(({} % $#))
    socket=$1
    ask() { curl --silent --fail --unix-socket "$socket" --header "content-type: application/json" "$@"; }
    ask --output /dev/null --data "{\"Image\":\"cluster-host:1\",\"Entrypoint\":[\"/bin/sh\",\"-c\",\"exec sleep 1000\"],\"Cmd\":[],$label,
        \"HostConfig\":{\"Init\":true,\"NetworkMode\":\"figures\",\"Mounts\":[$mounts]},
        \"NetworkingConfig\":{\"EndpointsConfig\":{\"figures\":{\"IPAMConfig\":{\"IPv4Address\":\"10.79.1.{}\"}}}}}" \
        "http://engine/containers/create?name=figure-{}" &&
    ask --request POST "http://engine/containers/figure-{}/start"' figure "$@" || echo "one could not be started"
