#!/bin/sh
# NetworkPolicies: Vitrine's table against no table at all, and against a ruleset with a chain per policy (iptables-shaped, as kube-router has it) that nft loads; all in
# network namespaces connected to nothing. usage: bench/policy/run.sh [rounds [nothing|latency|changes ...]]
set -eu
cd "$(dirname "$0")/../.."
out=$(mktemp -d "${TMPDIR:-/tmp}/vitrine-bench-policy.XXXXXX")
trap 'rm -rf "$out"' EXIT
dotnet build bench/policy -c Release -o "$out/bench" --nologo -v quiet -clp:NoSummary >&2
mkdir "$out/work"
export TMPDIR="$out/work"
unshare --net --mount "$out/bench/Vitrine.Bench.Policy" "${@:-5}"
