#!/bin/sh
# Pod to pod, on one node and between two, against the reference plugins and routes and tunnels made by hand; all in network namespaces
# connected to nothing. usage: bench/network/run.sh [rounds [seconds per transfer]]     VITRINE_CNI=path takes a binary that is already published
set -eu
cd "$(dirname "$0")/../.."
out=$(mktemp -d "${TMPDIR:-/tmp}/vitrine-bench-network.XXXXXX")
trap 'rm -rf "$out"' EXIT
if [ -z "${VITRINE_CNI:-}" ]; then
    dotnet publish src/Vitrine.Cni -r "linux-$(uname -m | sed 's/x86_64/x64/; s/aarch64/arm64/')" -c Release -o "$out/plugin" --nologo -v quiet >&2
    VITRINE_CNI=$out/plugin/vitrine-cni
fi
dotnet build bench/network -c Release -o "$out/bench" --nologo -v quiet -clp:NoSummary >&2
mkdir "$out/work"
export VITRINE_CNI TMPDIR="$out/work"
# The mount namespace takes the pinned namespaces away with it, whatever happens.
unshare --net --mount "$out/bench/Vitrine.Bench.Network" "${1:-9}" "${2:-1}"
