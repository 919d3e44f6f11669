#!/bin/sh
# One agent, and the watches of many, against our own API server with a large simulated cluster in it; all in network namespaces connected to nothing.
# usage: bench/scale/run.sh NODES SERVICES PODS [vitrine PATH | proxy PATH | crowd N] …
# TMPDIR on a disk: the store is half a gigabyte at 150 000 pods; SCALE_POLICED: of a hundred namespaces so many have policies; SCALE_REST: seconds at rest;
# SCALE_BUILT: the bench is built already
set -eu
cd "$(dirname "$0")/../.."
if [ -z "${SCALE_INSIDE:-}" ]; then
    out=$(mktemp -d "${TMPDIR:-/var/tmp}/vitrine-bench-scale.XXXXXX")
    trap 'rm -rf "$out"' EXIT INT TERM
    [ -n "${SCALE_BUILT:-}" ] || dotnet build bench/scale -c Release --nologo -v quiet -clp:NoSummary >&2
    SCALE_INSIDE=$out unshare --net --mount --propagation private bench/scale/run.sh "$@"
    exit
fi
out=$SCALE_INSIDE
mkdir "$out/sys" "$out/netns" "$out/run"
mount -t tmpfs tmpfs "$out/netns"
mount --bind "$out/netns" /run/netns 2>/dev/null || { mkdir -p /run/netns; mount --bind "$out/netns" /run/netns; }
mount -t sysfs sysfs "$out/sys"
ip link set lo up
ip netns add node
# The name the counter is read by is this end's; the node's is eth0, on one link with all others.
ip link add node type veth peer name eth0 netns node
ip addr add 172.30.0.1/16 dev node
ip link set node up
nsenter --net=/run/netns/node sh -c 'ip link set lo up; ip addr add 172.30.1.1/16 dev eth0; ip link set eth0 up; ip route add default via 172.30.0.1'
nodes=$1 services=$2 pods=$3
shift 3
exec bench/scale/bin/Release/net10.0/Vitrine.Bench.Scale run "$out/run" 172.30.0.1 6443 "$nodes" "$services" "$pods" "$out/sys" /run/netns/node "$@"
