# Sourced by run.sh and beside.sh: checks, and words for what they do.
passed=0; failed=0
say() { printf '\033[1m%s\033[0m\n' "$*"; }
# check NAME COMMAND…: one check; its output is shown when it fails
check() {
  local name=$1 t=$(date +%s%N) out; shift
  if out=$("$@" 2>&1); then passed=$((passed + 1)); printf '  ✓ %s (%d ms)%s\n' "$name" $((($(date +%s%N) - t) / 1000000)) "$(grep -o '^[a-z0-9]*: [0-9]* requests, 0 bad' <<<"$out" | sed 's/ requests, 0 bad//' | paste -sd' ' | sed 's/^/ /')"
  else failed=$((failed + 1)); printf '  ✗ %s\n%s\n' "$name" "$(sed 's/^/      /' <<<"$out" | tail -n 25)"; fi
}
# eventually SECONDS COMMAND…: until it succeeds; shows the last output where it never does
eventually() { local end=$((SECONDS + $1)) out; shift; while ! out=$("$@" 2>&1); do [ $SECONDS -lt $end ] || { echo "$out"; return 1; }; sleep .3; done; }
never() { ! "$@"; }
# says TEXT COMMAND…: its output has the text
says() { local want=$1 out; shift; out=$("$@" 2>&1); grep -qF -- "$want" <<<"$out" || { echo "wanted: $want"; echo "$out"; return 1; }; }
ns() { k get ns $1 >/dev/null 2>&1 || k create ns $1 >/dev/null; NS=$1; }
kn() { k -n $NS "$@"; }
# There is no registry: what an image's pull policy says by default would ask one.
offline() { sed -E 's/^( *)(- )?(image: .*)$/\1\2\3\n\1\2imagePullPolicy: IfNotPresent/; ' "$@" | sed -E 's/^( *)- (imagePullPolicy: .*)$/\1  \2/'; }
apply() { offline "$@" | kn apply -f - ; }
# put: YAML from standard input; kubectl takes a text that begins with a brace for JSON
put() { { echo ---; cat; } | kn apply -f -; }
in_pod() { local pod=$1; shift; kn exec $pod -- sh -c "$*"; }
ip_of() { kn get pod $1 -o jsonpath='{.status.podIP}'; }
node_of() { kn get pod $1 -o jsonpath='{.spec.nodeName}'; }
field() { local what=$1; shift; kn get "$@" -o "jsonpath={$what}"; }
ready() { kn wait --for=condition=Ready --timeout=90s "$@"; }
# pod NAME NODE [LABELS] [COMMAND]: of the debian image, or nginx with no command
pod() { cat <<Y | put >/dev/null
{apiVersion: v1, kind: Pod, metadata: {name: $1, labels: {${3:-app: $1}}}, spec: {nodeName: $2, terminationGracePeriodSeconds: 1, containers: [{name: c, image: ${4:-debian}, imagePullPolicy: IfNotPresent${5:+, command: $5}}]}}
Y
}
client() { pod $1 $2 "${3:-app: $1}" debian '["sleep", "infinity"]'; }
web() { pod $1 $2 "${3:-app: $1}" nginx; }
fetch() { in_pod $1 "curl -sS -m 5 -o /dev/null -w '%{http_code}' $2" | grep -q 200; }
outside() { infab curl -sS -m 5 "$@"; }
explain() { local node=$1; shift; innode $node $VITRINE explain --kubeconfig $R/explain.kubeconfig --node-name $node --service-cidr $SERVICES "$@"; }
# begin: a cluster, unless one was kept
begin() {
  ! k get --raw /readyz >/dev/null 2>&1 || { say "cluster: goes on"; return; }
  ./cluster/down.sh --wipe >/dev/null; say "images"; images || return 1; say "$1"; ./cluster/up.sh
}
images() { # what pods of the chapters run, into $R/images.tar
  mkdir -p $R; $VITRINE image build >/dev/null && { [ -z "$MORE_IMAGES" ] || $VITRINE image build vitrine >/dev/null; } || return 1
  [ $R/images.tar -nt /var/lib/vitrine/images/index.json ] || $VITRINE image save -f $R/images.tar debian nginx redis:6.0.5 us-docker.pkg.dev/google-samples/containers/gke/gb-frontend:v5 \
    us-docker.pkg.dev/google-samples/containers/gke/gb-redis-follower:v2 registry.k8s.io/pause:3.10 $MORE_IMAGES
}
# pid_of POD: a process of its container
pid_of() { local p; for p in $(find /sys/fs/cgroup/memory/$TAG-* -path "*pod$(field .metadata.uid pod $1)*" -name cgroup.procs -exec cat {} +); do [ "$(cat /proc/$p/comm)" = pause ] || { echo $p; return; }; done; }
# pour NAME PID CURL…: a request each 50 ms from the network of a process, or with "" from outside, until `poured NAME…`; an answer from 400 on is a failure
pour() { stream "$1" "$2" 'curl -sSf -m 3 -o /dev/null "$@" 2>>$0.err || { bad=$((bad + 1)); date +%T.%N >>$0.err; }; sleep .05' "${@:3}"; }
# ask NAME PID HOST [TRIES]: a question for a name each 50 ms, asked once each unless told otherwise: a resolver's second try would hide what is lost
ask() { stream "$1" "$2" 'got=$(dig +tries=$3 +time=2 +short @$1 $2); grep -q "^[0-9]" <<<"$got" || { bad=$((bad + 1)); echo "$(date +%T.%N) $got" >>$0.err; }; sleep .05' $DNS $3.svc.cluster.local ${4:-1}; }
# knock NAME PID CURL…: the same with what must never get in, many at a time
knock() { stream "$1" "$2" '{ curl -s -m .5 -o /dev/null "$@" && date +%T.%N >>$0.in; } & sleep .05; bad=$(cat $0.in 2>/dev/null | wc -l)' "${@:3}"; }
stream() { # NAME PID STEP CURL…
  local file=$R/stream-$1 in="--net=/run/netns/$FAB"; [ -z "$2" ] || in="--net=/proc/$2/ns/net"; rm -f $file $file.*
  nsenter $in bash -c "n=0; bad=0; while [ ! -e \$0.stop ]; do n=\$((n + 1)); $3; done; echo \"\$n requests, \$bad bad\" >\$0" $file "${@:4}" & }
# poured NAME…: ends them; none may have a bad one
poured() {
  local bad=0 name; for name; do touch $R/stream-$name.stop; done
  for name; do until_ 10 test -e $R/stream-$name; echo "$name: $(cat $R/stream-$name)"; grep -q '^[0-9][0-9]* requests, 0 bad' $R/stream-$name || { bad=1; tail -n 6 $R/stream-$name.err $R/stream-$name.in 2>/dev/null; }; done; return $bad
}
manifests() { infab $VITRINE install --print --kubeconfig $R/explain.kubeconfig --set clusterDns=$DNS --set serviceCidr=$SERVICES --set lbPool=$POOL --set dnsUpstream=none --set runDir=$RUNDIR --set metricsAddress=127.0.0.1:9753 ${OWN:+--set controllers=0} "$@"; } # its own control plane has the controllers in it
install() { manifests "$@" | k apply -f -; }
agent_of() { k -n kube-system get pod -l app.kubernetes.io/name=vitrine --field-selector spec.nodeName=$1 -o name; }
agents_ready() { k -n kube-system rollout status ds/vitrine --timeout=${1:-120}s && k -n kube-system rollout status deploy/vitrine-controller --timeout=${1:-120}s; }
all_ready() { [ $(k get nodes | grep -cw Ready) = $NODES ]; }
# What a node and the API have, in order to be compared: addresses that a link chose for itself are others after a reboot.
node_has() { innode $1 sh -c "nft -s list ruleset; ip -o link | sed 's/^[0-9]*: //; s/[@:].*//' | sort; ip -o addr | awk '{ print \$2, \$3, \$4 }' | grep -v fe80 | sort; ip route show table all | grep -v fe80 | sort; ip rule; find /opt/cni /etc/cni /var/lib/vitrine $RUNDIR -mindepth 1 | sort"; }
api_has() { k get ns,sa,cm,secret,ds,deploy,svc,ep,ingress,ingressclass,pdb,lease,role,rolebinding,clusterrole,clusterrolebinding,crd -A -o name | awk '/vitrine/ || !/^(secret|serviceaccount)\/|^configmap\/kube-root-ca.crt|^lease.coordination.k8s.io\/n[0-9]+$/ { print }' | sort; } # what the control plane and kubelets have of their own comes when it comes
# doors: the guestbook's, of every kind, and a pod's way to them
doors() {
  LB=$(field '.status.loadBalancer.ingress[0].ip' svc frontend); NP=$(field '.spec.ports[0].nodePort' svc frontend); CLUSTER=$(field .spec.clusterIP svc frontend)
  DOOR=$(field '.status.loadBalancer.ingress[0].ip' ingress guestbook); V=$(pid_of visitor); A=$(pid_of asker)
}
load() { pour lb "" http://$LB/; pour port "" http://172.30.0.12:$NP/; pour cluster $V http://$CLUSTER/; pour door "" -H Host:guestbook.example http://$DOOR/; }
no_request_fails() { poured lb port cluster door; }
kill_agents() { local n; for n in "$@"; do kill -9 $(agents $n); done; }
run_again() { local n; for n in "$@"; do [ -n "$(agents $n)" ] || return 1; done; }
sum_up() { say "$passed passed, $failed failed"; [ $failed = 0 ]; }
