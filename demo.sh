#!/usr/bin/env bash
# Installs what is missing, builds, brings a cluster of three nodes up and shows the chapters on it: two containers of one pod, by
# a shared volume and by localhost; then pods on one node and across nodes, their path explained, and the guestbook; then Services and
# names in front of it, and the page by an address of its own; then Ingresses: one address for the guestbook and a sock shop, by path, by
# host, with TLS; then who may talk to whom: a database closed to all but its clients. Leaves the cluster running; `bin/vitrine down` removes it.
set -euo pipefail
cd "$(dirname "$0")"
. ./install.sh

install_packages "${RUN_PACKAGES[@]}" "${BUILD_PACKAGES[@]}" curl openssl
install_kubectl
./build.sh
say "Images"
bin/vitrine image build
say "Cluster"
if [ -e /var/lib/vitrine/clusters/default/cluster.json ]; then bin/vitrine up; else bin/vitrine up --nodes 3; fi
export KUBECONFIG=${KUBECONFIG:-$HOME/.kube/config}
k() { kubectl --context vitrine-default "$@"; }
outside() { curl --noproxy '*' -sf -m 5 "$@"; } # from the host itself
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

examples=examples/2-pod-to-pod
say "2 · Pod to pod, on one node and across nodes"
k get nodes -o custom-columns=NODE:.metadata.name,ADDRESS:.status.addresses[0].address,PODS:.spec.podCIDR
k delete -f $examples/two-nodes.yaml --ignore-not-found --grace-period=1 >/dev/null
k apply -f $examples/two-nodes.yaml
k wait pod/server pod/client-near pod/client-far --for=condition=Ready --timeout=60s >/dev/null
k get pods server client-near client-far -o wide
server=$(k get pod server -o jsonpath='{.status.podIP}')
for client in client-near client-far; do
  k exec $client -- curl -s --max-time 5 --retry 20 --retry-delay 1 --retry-connrefused -o /dev/null "http://$server/"
  seen=$(k logs server | tail -1 | cut -d' ' -f1) own=$(k get pod $client -o jsonpath='{.status.podIP}')
  printf '  %-12s has %-12s, and the server sees %s\n' $client "$own" "$seen"
  [ "$seen" = "$own" ] || die "the server sees another address than the client's: something translates it"
done

say "2 · The path of a packet, predicted and observed"
bin/vitrine explain pod/client-far pod/server:80
say "2 · … and where it breaks: nobody listens on port 81"
broken=0
bin/vitrine explain pod/client-far pod/server:81 || broken=$?
# 1: it is not delivered, as predicted; 2 would be a disagreement.
[ "$broken" = 1 ] || die "explain ended with $broken instead of 1"

say "2 · The guestbook over two nodes"
CONTEXT=vitrine-default $examples/guestbook.sh
k get pods -l 'app in (guestbook,redis)' -o wide
frontend=$(k get pods -l tier=frontend -o jsonpath='{.items[0].status.podIP}')
k exec client-far -- curl -s "http://$frontend/guestbook.php?cmd=set&key=messages&value=hello" >/dev/null
for _ in $(seq 100); do
  read_back=$(k exec client-near -- curl -s "http://$frontend/guestbook.php?cmd=get&key=messages")
  [ "$read_back" = '{"data":"hello"}' ] && break
  sleep 0.2
done
printf 'written to the leader, read from a follower: %s\n' "$read_back"
[ "$read_back" = '{"data":"hello"}' ] || die "the follower does not have what the leader was told"

examples=examples/3-services
say "3 · Services: a stable name and address in front of changing pods"
k apply -f $examples/guestbook.yaml
for deployment in redis-leader redis-follower frontend; do k rollout status deployment $deployment --timeout=120s; done
# The address comes with the Service; that its endpoints are there, when the pods are ready.
address=
for _ in $(seq 300); do
  address=$(k get service frontend -o jsonpath='{.status.loadBalancer.ingress[0].ip}')
  [ -n "$address" ] && outside -o /dev/null "http://$address/" && break
  sleep 0.2
done
[ -n "$address" ] || die "the Service frontend has no EXTERNAL-IP: kubectl describe service frontend"
k get services
k get endpointslices
k exec client-far -- getent hosts redis-leader redis-follower frontend
k exec client-far -- curl -s "http://frontend/guestbook.php?cmd=set&key=messages&value=by+name" >/dev/null
for _ in $(seq 100); do
  read_back=$(k exec client-near -- curl -s "http://frontend/guestbook.php?cmd=get&key=messages")
  [ "$read_back" = '{"data":"by name"}' ] && break
  sleep 0.2
done
printf 'written by name to the leader, read by name from a follower: %s\n' "$read_back"
[ "$read_back" = '{"data":"by name"}' ] || die "the guestbook does not work by name"
port=$(k get service frontend -o jsonpath='{.spec.ports[0].nodePort}')
for node in node-1 node-2 node-3; do
  ip=$(k get node $node -o jsonpath='{.status.addresses[0].address}')
  printf '  %s, port %s: %s\n' $node "$port" "$(outside "http://$ip:$port/" | grep -o '<title>.*</title>')"
done
printf '  EXTERNAL-IP %s: %s\n' "$address" "$(outside "http://$address/" | grep -o '<title>.*</title>')"

say "3 · A pod goes, the address stays"
k delete pod -l tier=frontend --wait=false >/dev/null
failed=0
for _ in $(seq 50); do outside -o /dev/null "http://$address/" || failed=$((failed + 1)); done
k rollout status deployment frontend --timeout=60s
printf 'of 50 requests while all three front ends were replaced, %s failed\n' $failed

say "3 · The path of a name, predicted and observed"
bin/vitrine explain pod/client-far http://redis-leader:6379
bin/vitrine explain host "http://$address"
say "3 · … and where it breaks: a typo in the selector"
k patch service frontend -p '{"spec":{"selector":{"tier":"front-end"}}}' >/dev/null
broken=0
bin/vitrine explain pod/client-far http://frontend || broken=$?
k patch service frontend -p '{"spec":{"selector":{"tier":"frontend"}}}' >/dev/null
[ "$broken" = 1 ] || die "explain ended with $broken instead of 1"

examples=examples/4-ingress
say "4 · Ingress: a second application, the sock shop"
# What an earlier run left behind would be served at once.
k delete -f $examples/hosts.yaml -f $examples/fanout.yaml -f $examples/default-backend.yaml --ignore-not-found >/dev/null
k apply -f $examples/sock-shop.yaml >/dev/null
for deployment in front-end catalogue carts orders; do k rollout status deployment $deployment -n sock-shop --timeout=120s; done
k get services -n sock-shop

say "4 · An Ingress whose class nobody serves does nothing"
sed 's/ingressClassName: vitrine/ingressClassName: nobody/' $examples/fanout.yaml | k apply -f - >/dev/null
told=
uid=$(k get ingress fanout -n sock-shop -o jsonpath='{.metadata.uid}')
for _ in $(seq 100); do
  told=$(k get events -n sock-shop --field-selector reason=IngressClassNotFound,involvedObject.uid="$uid" -o custom-columns=OBJECT:.involvedObject.name,MESSAGE:.message)
  [[ $told == *nobody* ]] && break
  sleep 0.2
done
k get ingress fanout -n sock-shop
printf '%s\n' "$told"
[[ $told == *nobody* ]] || die "no event says that nobody serves the class"

say "4 · Fanout: one address, two paths, two applications"
k get ingressclass
k apply -f $examples/fanout.yaml
shared=
answers() { # HOST PATH TEXT [CURL-OPTIONS…]: the first line with TEXT of what the shared address answers, which may be new to it
  local host=$1 path=$2 text=$3 line scheme=http; shift 3
  [ $# -gt 0 ] && scheme=https
  for _ in $(seq 100); do
    line=$(curl --noproxy '*' -s -m 5 "$@" --resolve "$host:80:$shared" --resolve "$host:443:$shared" "$scheme://$host$path" | grep -m1 -o "$text") && break
    sleep 0.1
  done
  [ -n "$line" ] || die "$scheme://$host$path does not answer $text"
  printf '  %-36s %s\n' "$scheme://$host$path" "$line"
}
for _ in $(seq 300); do
  shared=$(k get ingress fanout -o jsonpath='{.status.loadBalancer.ingress[0].ip}')
  [ -n "$shared" ] && break
  sleep 0.2
done
[ -n "$shared" ] || die "the Ingress fanout has no ADDRESS: kubectl describe ingress fanout"
k get ingress -A
answers "$shared" /guestbook/ '<title>.*</title>'
answers "$shared" /shop/ '<title>.*</title>'
k get service vitrine-ingress -n kube-system
for node in node-1 node-2 node-3; do
  ip=$(k get node $node -o jsonpath='{.status.addresses[0].address}')
  printf '  the proxy of %s: %s\n' $node "$(outside "http://$ip:10080/shop/" | grep -o '<title>.*</title>')"
done

say "4 · By host, and by a wildcard"
k apply -f $examples/hosts.yaml
answers guestbook.example / '<title>.*</title>'
answers shop.example / '<title>.*</title>'
answers shop.example /cart '{"service".*'
answers shop.example /cart/order '{"service".*'
answers www.shop.example / '{"service".*'

say "4 · TLS: the certificate of the name that is asked for"
pem=$(mktemp -d)
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 365 -subj /CN=shop.example \
  -addext 'subjectAltName=DNS:shop.example,DNS:*.shop.example' -keyout "$pem/key" -out "$pem/cert" 2>/dev/null
k delete secret shop-tls -n sock-shop --ignore-not-found >/dev/null
k create secret tls shop-tls -n sock-shop --cert="$pem/cert" --key="$pem/key"
k apply -f $examples/tls.yaml
answers shop.example / '<title>.*</title>' --cacert "$pem/cert"
answers www.shop.example / '{"service".*' --cacert "$pem/cert"
printf '  http://shop.example/ is sent on to %s\n' "$(curl --noproxy '*' -s -m 5 -o /dev/null -w '%{redirect_url}' --resolve "shop.example:80:$shared" http://shop.example/)"

say "4 · No rule matches: 404, or the default backend"
answers nobody.example /nothing '404.*'
k apply -f $examples/default-backend.yaml
answers nobody.example /nothing '{"service".*'

say "4 · The Ingress is edited while requests come in"
for _ in $(seq 150); do
  outside --cacert "$pem/cert" --resolve "shop.example:443:$shared" https://shop.example/cart | grep -o '"service":"[a-z]*"' || echo failed
done >"$pem/answers" &
for service in user payment shipping carts; do
  k patch ingress shop -n sock-shop --type=json -p '[{"op":"replace","path":"/spec/rules/0/http/paths/1/backend/service/name","value":"'$service'"}]' >/dev/null
  sleep 0.5
done
wait $!
sort "$pem/answers" | uniq -c
printf 'of %s requests while the backend changed four times, %s failed\n' "$(wc -l <"$pem/answers")" "$(grep -c failed "$pem/answers" || true)"
! grep -q failed "$pem/answers" || die "requests failed while the Ingress was edited"
rm -r "$pem"

say "4 · The path of a request, predicted and observed"
bin/vitrine explain https://shop.example/cart
say "4 · … and where it breaks: a port that the Service does not have"
port() { k patch ingress shop -n sock-shop --type=json -p '[{"op":"replace","path":"/spec/rules/0/http/paths/1/backend/service/port/number","value":'"$1"'}]' >/dev/null; }
port 81
broken=0
bin/vitrine explain https://shop.example/cart || broken=$?
port 80
[ "$broken" = 1 ] || die "explain ended with $broken instead of 1"

examples=examples/5-network-policy
say "5 · Who may talk to whom: the guestbook's database is closed"
reaches() { k exec "$1" -- timeout 2 bash -c "</dev/tcp/$2/$3" 2>/dev/null; }
k delete -f $examples --ignore-not-found >/dev/null
k label pod client-near redis-client- >/dev/null
reaches client-near redis-leader 6379 || die "client-near does not reach redis-leader, though no policy is there"
printf '  client-near reaches redis-leader: no policy selects it\n'
k apply -f $examples/closed.yaml
if reaches client-near redis-leader 6379; then die "client-near still reaches redis-leader"; fi
printf '  client-near does not reach redis-leader any more\n'
broken=0
bin/vitrine explain pod/client-near http://redis-leader:6379 || broken=$?
[ "$broken" = 1 ] || die "explain ended with $broken instead of 1"

say "5 · Open for its clients: the guestbook, and who bears a label"
k apply -f $examples/guestbook.yaml
k exec client-far -- curl -s "http://frontend/guestbook.php?cmd=set&key=messages&value=by+policy" >/dev/null
for _ in $(seq 100); do
  read_back=$(k exec client-far -- curl -s "http://frontend/guestbook.php?cmd=get&key=messages")
  [ "$read_back" = '{"data":"by policy"}' ] && break
  sleep 0.2
done
printf 'the guestbook works: %s\n' "$read_back"
[ "$read_back" = '{"data":"by policy"}' ] || die "the guestbook does not reach its database"
if reaches client-near redis-leader 6379; then die "client-near reaches redis-leader without the label"; fi
k label pod client-near redis-client=true
reaches client-near redis-leader 6379 || die "client-near does not reach redis-leader, though it has the label"
printf '  client-near reaches redis-leader: it has the label\n'
bin/vitrine explain pod/client-near http://redis-leader:6379
bin/vitrine policy drops
bin/vitrine policy matrix --namespace default

say "The cluster is up. The sock shop is at http://$shared/shop/ and the guestbook at http://$shared/guestbook/ ."
say "The map, by a link that is good once (bin/vitrine map makes another):"
printf '  %s\n' "$(bin/vitrine map)"
say "Look around:"
cat <<'T'
  kubectl get pods,services,ingresses -A -o wide
  kubectl run -it --rm look --image=debian --restart=Never -- bash
  bin/vitrine explain pod/client-near http://frontend
  bin/vitrine explain https://shop.example/cart --from pod/client-near
  kubectl get networkpolicies; bin/vitrine policy matrix
  bin/vitrine dataplane dump
  bin/vitrine status
  bin/vitrine down        removes it
T
