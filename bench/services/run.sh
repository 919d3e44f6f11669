#!/bin/sh
# Services: the flat maps against a ruleset in the shape of kube-proxy's nftables mode (a chain per Service and endpoint) that nft loads; all in network
# namespaces connected to nothing. usage: bench/services/run.sh [rounds [nothing|scale|changes|connects|throughput ...]]
set -eu
cd "$(dirname "$0")/../.."
out=$(mktemp -d "${TMPDIR:-/tmp}/vitrine-bench-services.XXXXXX")
trap 'rm -rf "$out"' EXIT
dotnet build bench/services -c Release -o "$out/bench" --nologo -v quiet -clp:NoSummary >&2
mkdir "$out/work"
export TMPDIR="$out/work"
unshare --net --mount "$out/bench/Vitrine.Bench.Services" "${@:-3}"
