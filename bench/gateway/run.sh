#!/bin/sh
# The node's HTTP proxy against Debian's nginx and haproxy in front of the same backend, in a network namespace connected to nothing. The proxy has CPU 0,
# client and backend share the other.
# usage: bench/gateway/run.sh [rounds [seconds [routes [requests]]]]     VITRINE_BENCH_GATEWAY=path takes a binary that is already published
set -eu
cd "$(dirname "$0")/../.."
out=$(mktemp -d "${TMPDIR:-/tmp}/vitrine-bench-gateway.XXXXXX")
trap 'rm -rf "$out"' EXIT
if [ -z "${VITRINE_BENCH_GATEWAY:-}" ]; then
    dotnet publish bench/gateway -r "linux-$(uname -m | sed 's/x86_64/x64/; s/aarch64/arm64/')" -c Release -o "$out/bench" --nologo -v quiet >&2
    VITRINE_BENCH_GATEWAY=$out/bench/Vitrine.Bench.Gateway
fi
mkdir "$out/work"
export TMPDIR="$out/work"
unshare --net sh -c 'ip link set lo up; exec "$@"' sh "$VITRINE_BENCH_GATEWAY" "${1:-9}" "${2:-2}" "${3:-5000}" "${4:-0}"
