#!/bin/sh
# vitrine-cni against Debian's reference plugins, interleaved, in a network namespace connected to nothing.
# usage: bench/cni/run.sh [rounds [pods at once]]     VITRINE_CNI=path takes a binary that is already published
set -eu
cd "$(dirname "$0")/../.."
out=${TMPDIR:-/tmp}/vitrine-bench-cni.$$
trap 'rm -rf "$out"' EXIT
if [ -z "${VITRINE_CNI:-}" ]; then
    dotnet publish src/Vitrine.Cni -r "linux-$(uname -m | sed 's/x86_64/x64/; s/aarch64/arm64/')" -c Release -o "$out/plugin" --nologo -v quiet >&2
    VITRINE_CNI=$out/plugin/vitrine-cni
fi
dotnet build bench/cni -c Release -o "$out/bench" --nologo -v quiet -clp:NoSummary >&2
export VITRINE_CNI
unshare --net "$out/bench/CniBench" "${1:-60}" "${2:-100}"
