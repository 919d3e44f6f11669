#!/usr/bin/env bash
# Installs what is missing, builds, brings a cluster up and shows chapter 1 on it: two containers of one pod, by a shared
# volume and by localhost. Leaves the cluster running; `bin/vitrine down` removes it.
set -euo pipefail
cd "$(dirname "$0")"
. ./install.sh

install_packages "${RUN_PACKAGES[@]}" "${BUILD_PACKAGES[@]}"
install_kubectl
./build.sh
say "Images"
bin/vitrine image build
say "Cluster"
bin/vitrine up
export KUBECONFIG=${KUBECONFIG:-$HOME/.kube/config}
k() { kubectl --context vitrine-default "$@"; }
examples=examples/1-container-to-container

fresh() { # a pod that is made anew, so that the demo may run twice
  k delete pod "$1" --ignore-not-found --grace-period=1 >/dev/null
  k apply -f "$examples/$2"
}
netns() { k exec "$1" -c "$2" -- readlink /proc/self/ns/net; }
page() { k exec "$1" -c "$2" -- curl -s --max-time 5 --retry 20 --retry-delay 1 --retry-connrefused http://localhost; }

say "1 · Container to container, by a shared volume"
fresh two-containers shared-volume.yaml
# Polled, because the kubectl of Debian 12 cannot wait for a JSONPath yet.
for _ in $(seq 300); do
  [ "$(k get pod two-containers -o jsonpath='{.status.containerStatuses[?(@.name=="debian-container")].state.terminated.reason}')" = Completed ] && break
  sleep 0.2
done
k get pod two-containers
printf 'nginx-container serves what debian-container wrote:\n  %s\n' "$(page two-containers nginx-container)"

say "1 · Container to container, by localhost"
fresh over-localhost localhost.yaml
k wait pod/over-localhost --for=condition=Ready --timeout=60s >/dev/null
k get pod over-localhost -o wide
printf 'debian-container reads from http://localhost, out of nginx-container:\n  %s\n' "$(page over-localhost debian-container | grep -o '<title>.*</title>')"
for container in nginx-container debian-container; do
  printf '  %-17s network namespace %s, address %s\n' "$container" "$(netns over-localhost $container)" "$(k exec over-localhost -c $container -- hostname -i)"
done
[ "$(netns over-localhost nginx-container)" = "$(netns over-localhost debian-container)" ] || die "the containers do not share a network namespace"

say "The cluster is up. Look around:"
cat <<'T'
  kubectl get pods -o wide
  kubectl exec -it over-localhost -c debian-container -- bash
  bin/vitrine status
  bin/vitrine down        removes it
T
