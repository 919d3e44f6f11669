#!/bin/bash
# run.sh [CHAPTER …]: Vitrine in kube-proxy's and the CNI plugins' place on real Kubernetes 1.20.2, chapter by chapter (all of chapters/ without arguments).
#   PEERS   folder whose bin/ has kube-apiserver, kube-controller-manager, kube-scheduler, kubelet, kube-proxy and kubectl; unset: skipped
#   OWN=1   on Vitrine's own control plane instead, with the same kubelets
#   AWAY    seconds the API server is killed for (60)
#   KEEP=1  leave the cluster running at the end; the next run goes on with it
cd "$(dirname "$0")"
export MORE_IMAGES=docker.io/library/vitrine:latest
if [ -z "$PEERS" ] || [ ! -x "$PEERS/bin/kube-apiserver" ]; then echo "skipped: no real cluster (set PEERS to the folder whose bin/ has kube-apiserver and its kin)"; exit 0; fi
. cluster/env.sh
. ./checks.sh
begin "cluster" || exit 1
[ "$KEEP" = 1 ] || trap './cluster/down.sh' EXIT
for chapter in ${@:-chapters/*.sh}; do [ -f $chapter ] || chapter=$(ls chapters/$chapter*.sh); say "$(sed -n '1s/^# //p' $chapter)"; . $chapter; done
sum_up
