#!/bin/sh
# The node's DNS against Debian's knot, unbound and dnsmasq with the same records, in a network namespace connected to nothing.
# usage: bench/dns/run.sh [rounds [seconds [Services]]]     VITRINE_BENCH_DNS=path takes a binary that is already published
set -eu
cd "$(dirname "$0")/../.."
out=$(mktemp -d "${TMPDIR:-/tmp}/vitrine-bench-dns.XXXXXX")
trap 'rm -rf "$out"' EXIT
if [ -z "${VITRINE_BENCH_DNS:-}" ]; then
    dotnet publish bench/dns -r "linux-$(uname -m | sed 's/x86_64/x64/; s/aarch64/arm64/')" -c Release -o "$out/bench" --nologo -v quiet >&2
    VITRINE_BENCH_DNS=$out/bench/Vitrine.Bench.Dns
fi
mkdir "$out/work"
export TMPDIR="$out/work"
unshare --net sh -c 'ip link set lo up; exec "$@"' sh "$VITRINE_BENCH_DNS" "${1:-9}" "${2:-1}" "${3:-10000}"
