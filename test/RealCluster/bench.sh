#!/bin/bash
# bench.sh [peer|vitrine …]: the same real control plane with kube-proxy and the reference plugins on its nodes, and with Vitrine in their place; one after the other, in the order that is given.
#   COMPONENTS  of Vitrine; cni,routes,services do what the peer's do
#   RUNS        of each figure
#   IDLE        seconds of rest that are measured
cd "$(dirname "$0")"
if [ -z "$PEERS" ] || [ ! -x "$PEERS/bin/kube-proxy" ]; then echo "skipped: no real cluster (set PEERS to the folder whose bin/ has kube-apiserver and its kin)"; exit 0; fi
RUNS=${RUNS:-10}; IDLE=${IDLE:-60}
pss() { awk '/^Pss:/ {sum += $2} END {printf "%.0f", sum / 1024}' "$@" 2>/dev/null; }
# tree PID: it and all its children
tree() { echo "$1"; local c; for c in $(cat /proc/$1/task/*/children 2>/dev/null); do tree $c; done; }
ticks() { local sum=0 p; for p in "$@"; do sum=$((sum + $(sed 's/.*) //' /proc/$p/stat | awk '{print $12 + $13}'))); done; echo $sum; }
side() (
  export R=$PEERS/run/bench-$1 TAG=b${1:0:1}
  [ $1 = vitrine ] || export PROXY=1 CNIBIN=${CNIBIN:-/usr/lib/cni}
  . cluster/env.sh; . ./checks.sh
  images || exit 1
  trap './cluster/down.sh --wipe >/dev/null' EXIT
  say "$1"
  ./cluster/up.sh || exit 1
  kubeconfig explain admintoken
  if [ $1 = vitrine ]; then
    for i in $(seq $NODES); do bg n$i/agent nsenter -t $(cat $R/n$i/holder.pid) -m -n -u $VITRINE node --components ${COMPONENTS:-cni,routes,services} --kubeconfig $R/explain.kubeconfig --run-dir $R/n$i/run --node-name n$i --cluster-dns $DNS --dns-upstream none --service-cidr $SERVICES; done
    what=agent
  else what=proxy; fi
  until_ 90 sh -c "[ \$(nsenter --net=/run/netns/$FAB $B/kubectl --kubeconfig $KC get nodes | grep -cw Ready) = $NODES ]" || { echo "the nodes do not get ready"; tail -n 5 $R/n1/*.log; exit 1; }
  on_n2() { nsenter -t $(cat $R/n2/holder.pid) -n python3 $PWD/bench.py $API admintoken 172.30.0.12 "$@"; }
  memory() { echo "memory, PSS of a node ($1): $what $(pss $(tree $(cat $R/n1/$what.pid) | sed 's|.*|/proc/&/smaps_rollup|')) MB, kubelet $(pss /proc/$(cat $R/n1/kubelet.pid)/smaps_rollup) MB, containerd $(pss /proc/$(cat $R/n1/containerd.pid)/smaps_rollup) MB"; }
  sleep 20
  memory "no pods"
  net=$(for i in $(seq $NODES); do tree $(cat $R/n$i/$what.pid); done)
  all="$net $(cat $R/n*/kubelet.pid $R/n*/containerd.pid $R/etcd.pid $R/apiserver.pid $R/kcm.pid $R/sched.pid)"
  a=$(ticks $net); b=$(ticks $all); sleep $IDLE; a=$(($(ticks $net) - a)); b=$(($(ticks $all) - b))
  awk "BEGIN {printf \"idle CPU over $IDLE s, %% of a core: $what of $NODES nodes %.2f, the whole cluster %.2f\n\", $a / $IDLE, $b / $IDLE}"
  on_n2 pods $RUNS n1
  echo "10 Services"; on_n2 fill 10 connect $RUNS
  echo "1 000 Services"; on_n2 fill 1000; sleep 15; on_n2 connect $RUNS
  memory "1 000 Services"
)
for one in ${@:-peer vitrine}; do side $one; done
