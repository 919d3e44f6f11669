#!/usr/bin/env bash
# Installs what the tests need, builds, and runs all tests: house rules, units and the map's page, then kernel and cluster tests, which need
# root and make their own namespaces. Ends with "N passed, N failed" over all projects; fails if any failed or none ran.
set -euo pipefail
cd "$(dirname "$0")"
. ./install.sh

install_packages "${RUN_PACKAGES[@]}" "${BUILD_PACKAGES[@]}" strace tcpdump skopeo nftables netcat-openbsd bind9-dnsutils dnsmasq-base curl nginx-light haproxy apache2 python3 python3-kubernetes chromium fonts-dejavu-core
install_kubectl
./build.sh
say "Building the tests"
dotnet build Vitrine.slnx -c Release --nologo -v quiet
say "Images"
bin/vitrine image build
export VITRINE="$PWD/bin/vitrine" VITRINE_CNI="$PWD/bin/cni/vitrine-cni"

passed=0 failed=0 skipped_all=0
mkdir -p TestResults
: >TestResults/failures.txt
# Every failed test by name, message, stack and the first lines of what it printed; of a runner that died, the end of its log.
failures() { # LOG
  local found
  found=$(sed 's/\x1b\[[0-9;]*m//g' "$1" | awk '/^(  )?[^ ]/ { shown = 0 } /^    [^ ]/ { shown = !/\[SKIP\]$/; left = 1000 } /^      Output:/ { left = 40 } shown && left-- > 0')
  [ -z "$found" ] || echo "$found"
  [ -n "$found" ] && grep -q 'Total: ' "$1" || grep -vE '^\s*$' "$1" | tail -120 || true
}
run() { # PROJECT
  local name=$1 log=$PWD/TestResults/$1.log status=0 counts
  say "Tests: $name"
  "test/$name/bin/Release/net10.0/Vitrine.$name" </dev/null >"$log" 2>&1 || status=$?
  counts=$(sed 's/\x1b\[[0-9;]*m//g' "$log" | grep -E 'Total: [0-9]+, Errors:' | tail -1 || true)
  local all errors bad skipped idle ok
  field() { sed -nE "s/.*$1: ([0-9]+).*/\1/p" <<<"$counts"; }
  all=$(field Total) errors=$(field Errors) bad=$(field Failed) skipped=$(field Skipped) idle=$(field "Not Run")
  bad=$((${bad:-0} + ${errors:-0})) ok=$((${all:-0} - bad - ${skipped:-0} - ${idle:-0}))
  if [ "$status" != 0 ]; then
    failures "$log" >>TestResults/failures.txt
    # A runner that died without counting is a failure too.
    [ "$bad" -gt 0 ] || bad=$((bad + 1))
  fi
  [ "$ok" -gt 0 ] || { echo "no test of $name passed"; [ "$bad" -gt 0 ] || bad=1; }
  printf '%s: %s passed, %s failed\n' "$name" "$ok" "$bad"
  passed=$((passed + ok)) failed=$((failed + bad)) skipped_all=$((skipped_all + ${skipped:-0}))
}
page() { # the map's page, by vitest
  local ok bad count
  say "Tests: Page"
  rm -f TestResults/page.json
  (cd web && npx --no-install vitest run --reporter=json --outputFile=../TestResults/page.json) </dev/null >TestResults/Page.log 2>&1 || true
  count() { node -p "require('./TestResults/page.json').$1" 2>/dev/null || echo 0; }
  ok=$(count numPassedTests) bad=$(count numFailedTests)
  if [ "$ok" = 0 ] && [ "$bad" = 0 ]; then bad=1; fi
  if [ "$bad" != 0 ]; then
    node -e "for (const file of require('./TestResults/page.json').testResults) for (const t of file.assertionResults) if (t.status === 'failed') console.log('    ' + t.fullName + '\n' + t.failureMessages.join('\n'))" >>TestResults/failures.txt 2>/dev/null || tail -60 TestResults/Page.log >>TestResults/failures.txt
  fi
  printf 'Page: %s passed, %s failed\n' "$ok" "$bad"
  passed=$((passed + ok)) failed=$((failed + bad))
}
for project in ${*:-House Unit Page Kernel Cluster}; do
  case $project in Page) page ;; *) run "$project" ;; esac
done
cat TestResults/failures.txt
[ "$skipped_all" = 0 ] || say "$skipped_all skipped"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
