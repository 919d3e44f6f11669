#!/usr/bin/env bash
# Applies the guestbook and tells its pods each other's addresses. A Service would do that by itself, and keep doing it: the next chapter.
set -euo pipefail
cd "$(dirname "$0")"
k() { kubectl ${CONTEXT:+--context "$CONTEXT"} "$@"; }

address() { # LABELS: the address of the first pod with them
  for _ in $(seq 300); do
    found=$(k get pods -l "$1" -o jsonpath='{.items[0].status.podIP}' 2>/dev/null) && [ -n "$found" ] && echo "$found" && return
    sleep 0.2
  done
  echo "no pod with $1 has an address: kubectl get pods -l $1" >&2
  return 1
}

k delete configmap guestbook-addresses --ignore-not-found >/dev/null
k apply -f guestbook.yaml
leader=$(address app=redis,role=leader)
follower=$(address app=redis,role=follower)
k create configmap guestbook-addresses --from-literal=leader="$leader" --from-literal=follower="$follower"
for deployment in redis-leader redis-follower frontend; do
  k rollout status deployment "$deployment" --timeout=120s
done
