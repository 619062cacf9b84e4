# Runs programs in network namespaces by commands alone, and says when each of them runs. It ends with its input. $1: how many.
mount -t tmpfs tmpfs /run && mkdir /run/netns
echo 1 >/proc/sys/net/ipv4/ip_forward
nft -f - <<'END'
table ip cluster {
    set cut { type ipv4_addr . ipv4_addr; counter; }
    chain forward {
        type filter hook forward priority 0; policy accept;
        ip saddr . ip daddr @cut drop
    }
}
END
for n in $(seq "$1"); do
    echo "netns add n$n"
    echo "link add c$n type veth peer name e0 netns n$n"
    echo "link set c$n up"
    echo "route add 198.18.1.$n dev c$n"
done | ip -batch -
for n in $(seq "$1"); do
    ip -n "n$n" -batch - <<END
link set lo up
link set e0 up
addr add 198.18.1.$n/32 dev e0
route add 198.18.0.0/15 dev e0
END
    nsenter --net="/run/netns/n$n" sh -c 'echo runs; exec sleep 1000' &
done
# Each line is a command.
while read -r line; do
    eval "$line"
    echo done
done
