#!/usr/bin/env bash
# test/kills.sh [KILLS [SEED]]: kill -9 of server, agents, containerds and the CNI plugin at random, 1000 times unless told otherwise, with everything
# compared after each. Needs root and what ./test.sh has installed and built; half an hour at most. Prints the seed and how far it is.
set -euo pipefail
cd "$(dirname "$0")/.."
./build.sh
dotnet build test/Cluster -c Release --nologo -v quiet
bin/vitrine image build >/dev/null
VITRINE_KILLS=${1:-1000} VITRINE_SEED=${2:-$RANDOM} VITRINE="$PWD/bin/vitrine" VITRINE_CNI="$PWD/bin/cni/vitrine-cni" \
  exec test/Cluster/bin/Release/net10.0/Vitrine.Cluster -class Vitrine.Cluster.KillLoopTests -explicit only -showLiveOutput
