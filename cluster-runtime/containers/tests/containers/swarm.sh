# Makes a swarm of engines, with a bridge in the network of the first one. Arguments: the process of each engine, and its socket.
set -e
ask() { curl --silent --show-error --fail-with-body --max-time 60 --header 'content-type: application/json' "$@"; }
number=0
while [ "$#" -gt 0 ]; do
    process=$1 socket=$2
    shift 2
    number=$((number + 1))
    address=10.99.0.$number
    own='"ListenAddr":"'$address:2377'","AdvertiseAddr":"'$address'","DataPathAddr":"'$address'"'
    if [ "$number" = 1 ]; then
        first=$process manager=$socket
        nsenter --net="/proc/$first/ns/net" ip link add wire type bridge forward_delay 0
    else
        nsenter --net="/proc/$first/ns/net" ip link add "host$number" type veth peer name wire netns "$process"
        nsenter --net="/proc/$first/ns/net" ip link set "host$number" master wire up
    fi
    nsenter --net="/proc/$process/ns/net" ip addr add "$address/24" dev wire
    nsenter --net="/proc/$process/ns/net" ip link set wire up
    if [ "$number" = 1 ]; then
        ask --unix-socket "$socket" --output /dev/null --data "{$own}" http://engine/swarm/init
        token=$(ask --unix-socket "$manager" http://engine/swarm | sed 's/.*"Worker":"\([^"]*\)".*/\1/')
    else
        ask --unix-socket "$socket" --output /dev/null \
            --data "{$own,\"RemoteAddrs\":[\"10.99.0.1:2377\"],\"JoinToken\":\"$token\"}" http://engine/swarm/join
    fi
done
