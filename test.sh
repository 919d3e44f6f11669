#!/usr/bin/env bash
# Installs what the tests need, builds, and runs all tests: house rules and units, then kernel and cluster tests, which need
# root and make their own namespaces. Ends with "N passed, N failed" over all projects; fails if any failed or none ran.
set -euo pipefail
cd "$(dirname "$0")"
. ./install.sh

install_packages "${RUN_PACKAGES[@]}" "${BUILD_PACKAGES[@]}" strace tcpdump skopeo
install_kubectl
./build.sh
say "Building the tests"
dotnet build Vitrine.slnx -c Release --nologo -v quiet
say "Images"
bin/vitrine image build
export VITRINE="$PWD/bin/vitrine" VITRINE_CNI="$PWD/bin/cni/vitrine-cni"

passed=0 failed=0
mkdir -p TestResults
run() { # PROJECT
  local name=$1 log=TestResults/$1.log status=0 counts
  say "Tests: $name"
  "test/$name/bin/Release/net10.0/Vitrine.$name" --no-progress >"$log" 2>&1 || status=$?
  counts=$(grep -E '^ *(total|failed|succeeded|skipped):' "$log" | tail -4 || true)
  local ok bad
  ok=$(awk '/succeeded:/ {print $2}' <<<"$counts"); bad=$(awk '/failed:/ {print $2}' <<<"$counts")
  ok=${ok:-0} bad=${bad:-0}
  if [ "$status" != 0 ]; then
    grep -vE '^\s*$' "$log" | tail -120
    # A runner that died without counting is a failure too.
    [ "$bad" -gt 0 ] || bad=$((bad + 1))
  fi
  [ "$ok" -gt 0 ] || { echo "no test of $name passed"; [ "$bad" -gt 0 ] || bad=1; }
  printf '%s: %s passed, %s failed\n' "$name" "$ok" "$bad"
  passed=$((passed + ok)) failed=$((failed + bad))
}
for project in ${*:-House Unit Kernel Cluster}; do run "$project"; done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
