# Sourced by the scripts of this folder. Real Kubernetes 1.20.2 in network namespaces: a fabric, which holds the control plane, and a node each.
#   PEERS   where its executables are, in bin/
#   R       run directory: state, logs, pids
: "${PEERS:?skipped: no real cluster (set PEERS to the folder whose bin/ has kube-apiserver and its kin)}"
B=$PEERS/bin; R=${R:-$PEERS/run/vitrine}; TAG=${TAG:-vr}; FAB=$TAG-fab; NODES=${NODES:-2}
GW=172.30.0.1; AP=6443; API=https://$GW:$AP; POOL=172.30.0.200-172.30.0.220; DNS=10.96.0.10; SERVICES=10.96.0.0/16; PODS=10.244.0.0/16
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd); VITRINE=${VITRINE:-$ROOT/bin/vitrine}
KC=$R/admin.kubeconfig
infab() { nsenter --net=/run/netns/$FAB "$@"; } # a function: bg wants a program
innode() { local n=$1; shift; nsenter -t "$(cat $R/$n/holder.pid)" -m -n -u "$@"; }
bg() { local n=$1; shift; setsid nohup "$@" >>$R/$n.log 2>&1 </dev/null & echo $! >$R/$n.pid; }
# stop PIDFILE [SIGNAL]: what a pid file names, by TERM and after ten seconds by KILL
stop() { [ -f "$1" ] || return 0; local p; p=$(cat "$1"); kill -${2:-TERM} $p 2>/dev/null; for _ in $(seq 100); do kill -0 $p 2>/dev/null || break; sleep .1; done; kill -9 $p 2>/dev/null; rm -f "$1"; }
k() { infab $B/kubectl --kubeconfig $KC "$@"; }
until_() { local s=$1; shift; for _ in $(seq $((s * 5))); do "$@" >/dev/null 2>&1 && return 0; sleep .2; done; return 1; }
kubeconfig() { # NAME TOKEN
  cat >$R/$1.kubeconfig <<K
apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "$API", certificate-authority: $R/pki/ca.crt}}]
users: [{name: u, user: {token: $2}}]
contexts: [{name: c, context: {cluster: c, user: u}}]
current-context: c
K
}
