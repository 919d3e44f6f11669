#!/usr/bin/env bash
# Runs the benchmarks, each side by side with its peer, and prints one text report. Needs root and a quiet machine; about
# twenty minutes with the build. `./bench.sh cni|network|services|policy|dns|gateway|api|cluster|live|nodes|scale` runs one of them.
set -euo pipefail
cd "$(dirname "$0")"
. ./install.sh

install_packages "${RUN_PACKAGES[@]}" "${BUILD_PACKAGES[@]}" containernetworking-plugins etcd-server iperf3 nftables knot unbound dnsmasq-base nginx-light haproxy wrk
./build.sh >&2
bin/vitrine image build >/dev/null

work=$(mktemp -d /var/tmp/vitrine-bench.XXXXXX)
cluster=bench
cleanup() { bin/vitrine down --name $cluster >/dev/null 2>&1 || true; rm -rf "$work"; }
trap cleanup EXIT

machine() { echo "$(date -u +%F) · $(nproc) cores · $(awk '/MemTotal/ {printf "%.0f GiB", $2/1048576}' /proc/meminfo) · kernel $(uname -r) · load $(cut -d' ' -f1 /proc/loadavg)"; }
row() { printf '%-58s %-34s %s\n' "$1" "$2" "${3:-}"; }
median() { sort -n | awk '{v[NR]=$1} END {printf "%s [%s–%s]", v[int((NR+1)/2)], v[1], v[NR]}'; }
# Five clean starts, a line of seconds each; the last cluster stays.
starts() {
  local i
  for i in 1 2 3 4 5; do
    bin/vitrine down --name $cluster >/dev/null
    up -o json "$@" | sed -nE 's/^  "seconds": ([0-9.]+).*/\1/p'
  done | awk '{printf "%.2f\n", $1}'
}
# Megabytes of PSS of the components whose name matches; status fails when one is not ready, which is no matter here.
pss() { { bin/vitrine status --name $cluster -o json || true; } | awk -F'[":, ]+' -v which="$1" '$2 == "name" {name = $3} $2 == "pss" && name ~ which {sum += $3} END {printf "%.1f", sum / 1048576}'; }
up() { bin/vitrine up --name $cluster --kubeconfig "$work/kubeconfig" --api-port 16700 --pod-cidr 10.240.0.0/16 --service-cidr 10.241.0.0/16 --node-cidr 172.29.200.0/24 "$@"; }

bench_cni() {
  say "CNI plugin against Debian's reference plugins (interleaved)"
  VITRINE_CNI=$PWD/bin/cni/vitrine-cni bench/cni/run.sh 60 100
}

bench_network() {
  say "Pod to pod against the reference plugins, and routes and VXLAN made by hand (interleaved)"
  VITRINE_CNI=$PWD/bin/cni/vitrine-cni bench/network/run.sh 9 1
}

bench_services() {
  say "Services against a ruleset in the shape of kube-proxy's nftables mode (interleaved)"
  bench/services/run.sh 3
}

bench_policy() {
  say "NetworkPolicies against no table, and against a ruleset with a chain per policy (interleaved)"
  bench/policy/run.sh 5
  say "NetworkPolicies of a cluster, felt on a node"
  bin/vitrine down --name $cluster >/dev/null
  up >/dev/null
  dotnet build bench/cluster -c Release --nologo -v quiet -clp:NoSummary >&2
  bench/cluster/bin/Release/net10.0/Vitrine.Bench.Cluster /var/lib/vitrine/clusters/$cluster 16700 172.29.200.2 policies /run/vitrine/$cluster/ns/node-1.net "$PWD/bin/vitrine" $cluster |
    while IFS='|' read -r a b c; do row "$a" "$b" "$c"; done
  bin/vitrine down --name $cluster >/dev/null
}

bench_dns() {
  say "DNS against knot, unbound and dnsmasq with the same records (interleaved)"
  bench/dns/run.sh 9 1
}

bench_gateway() {
  say "The node's HTTP proxy against nginx and haproxy in front of the same backend (interleaved)"
  bench/gateway/run.sh 9 2 5000 1000000
}

bench_api() {
  say "API server against etcd-server on the same disk (interleaved)"
  dotnet build bench/api -c Release --nologo -v quiet -clp:NoSummary >&2
  bench/api/bin/Release/net10.0/Vitrine.Bench.Api "$work" 5
}

bench_cluster() {
  say "A whole cluster"
  starts >"$work/up"
  row "vitrine up to Ready, images present" "$(median <"$work/up") s" "5 clean starts"
  dotnet build bench/cluster -c Release --nologo -v quiet -clp:NoSummary >&2
  sleep 20
  cpu() { local sum=0 pid; for pid in $(bin/vitrine status --name $cluster -o json | sed -nE 's/.*"pid": ([0-9]+).*/\1/p'); do sum=$((sum + $(awk '{print $14+$15}' "/proc/$pid/stat"))); done; echo $sum; }
  local before after
  before=$(cpu); sleep 60; after=$(cpu)
  row "idle CPU over 60 s, all processes, no pods" "$(awk "BEGIN {printf \"%.2f\", ($after - $before) / 60.0 / $(getconf CLK_TCK) * 100}") % of one core"
  bench/cluster/bin/Release/net10.0/Vitrine.Bench.Cluster /var/lib/vitrine/clusters/$cluster 16700 172.29.200.2 | while IFS='|' read -r a b c; do row "$a" "$b" "$c"; done
  bin/vitrine status --name $cluster
}

bench_live() {
  say "Writes of Services and Ingresses, felt on a node of a cluster"
  bin/vitrine down --name $cluster >/dev/null
  up >/dev/null
  dotnet build bench/cluster -c Release --nologo -v quiet -clp:NoSummary >&2
  bench/cluster/bin/Release/net10.0/Vitrine.Bench.Cluster /var/lib/vitrine/clusters/$cluster 16700 172.29.200.2 services /run/vitrine/$cluster/ns/node-1.net 10.241.0.10 |
    while IFS='|' read -r a b c; do row "$a" "$b" "$c"; done
  bin/vitrine status --name $cluster
  bin/vitrine down --name $cluster >/dev/null
  up >/dev/null
  bench/cluster/bin/Release/net10.0/Vitrine.Bench.Cluster /var/lib/vitrine/clusters/$cluster 16700 172.29.200.2 routes /run/vitrine/$cluster/ns/node-1.net |
    while IFS='|' read -r a b c; do row "$a" "$b" "$c"; done
  bin/vitrine status --name $cluster
}

bench_nodes() {
  say "Several nodes"
  starts --nodes 3 >"$work/up"
  row "vitrine up --nodes 3 to Ready, images present" "$(median <"$work/up") s" "5 clean starts"
  bin/vitrine down --name $cluster >/dev/null
  up >/dev/null
  sleep 10
  local i began agents rest first_agents first_rest sums
  first_agents=$(pss '^agent-') first_rest=$(pss '^(server|supervisor)') sums=$first_agents
  for i in 2 3 4 5 6; do
    began=$(date +%s%N)
    bin/vitrine node add "node-$i" --name $cluster >/dev/null
    awk "BEGIN {printf \"%.2f\n\", ($(date +%s%N) - $began) / 1e9}" >>"$work/join"
    # An agent that has just started is not the one that stays.
    sleep 5
    agents=$(pss '^agent-') sums="$sums $agents"
  done
  rest=$(pss '^(server|supervisor)')
  row "vitrine node add to Ready, images present" "$(median <"$work/join") s" "5 nodes, one after another"
  row "PSS of the agents of 1, 2 … 6 nodes, no pods" "$sums MB" "containerd not counted"
  row "… for a node more" "$(awk "BEGIN {printf \"%.1f\", ($agents - $first_agents) / 5}") MB" "server and supervisor: $(awk "BEGIN {printf \"%+.1f\", ($rest - $first_rest) / 5}") MB"
}

bench_scale() {
  say "One agent of 5 000 nodes, 10 000 Services and 150 000 pods, and the watches of 500 agents"
  TMPDIR=$work bench/scale/run.sh 5000 10000 150000 vitrine "$PWD/bin/vitrine" crowd 500
}

say "Vitrine $(git describe --always 2>/dev/null || true) · $(machine)"
for bench in ${*:-cni network services policy dns gateway api cluster live nodes scale}; do "bench_$bench"; done
