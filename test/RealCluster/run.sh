#!/bin/bash
# run.sh [CHAPTER …]: Vitrine in kube-proxy's and the CNI plugins' place on real Kubernetes 1.20.2, chapter by chapter (all of chapters/ without arguments).
#   PEERS   folder whose bin/ has kube-apiserver, kube-controller-manager, kube-scheduler, kubelet, kube-proxy and kubectl; unset: skipped
#   KEEP=1  leave the cluster running at the end
cd "$(dirname "$0")"
if [ -z "$PEERS" ] || [ ! -x "$PEERS/bin/kube-apiserver" ]; then echo "skipped: no real cluster (set PEERS to the folder whose bin/ has kube-apiserver and its kin)"; exit 0; fi
. cluster/env.sh
. ./checks.sh
say "images"; images || exit 1
say "cluster"; ./cluster/up.sh || exit 1
[ "$KEEP" = 1 ] || trap './cluster/down.sh' EXIT
for chapter in ${@:-chapters/*.sh}; do [ -f $chapter ] || chapter=$(ls chapters/$chapter*.sh); say "$(sed -n '1s/^# //p' $chapter)"; . $chapter; done
sum_up
