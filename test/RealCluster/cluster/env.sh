# Sourced by the scripts of this folder. Real Kubernetes 1.20.2 in network namespaces: a fabric, which holds the control plane, and a node each.
#   PEERS   where its executables are, in bin/
#   R       run directory: state, logs, pids
: "${PEERS:?skipped: no real cluster (set PEERS to the folder whose bin/ has kube-apiserver and its kin)}"
B=$PEERS/bin; R=${R:-$PEERS/run/vitrine${OWN:+-own}}; TAG=${TAG:-vr${OWN:+o}}; FAB=$TAG-fab; NODES=${NODES:-2}
GW=172.30.0.1; AP=6443; API=https://$GW:$AP; POOL=172.30.0.200-172.30.0.220; DNS=10.96.0.10; SERVICES=10.96.0.0/16; PODS=10.244.0.0/16
RUNDIR=/run/vitrine-node # of the agents; private to each node
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd); VITRINE=${VITRINE:-$ROOT/bin/vitrine}
KC=$R/admin.kubeconfig
infab() { nsenter --net=/run/netns/$FAB "$@"; } # a function: bg wants a program
holder() { cat $R/$1/holder.pid; }
innode() { local n=$1; shift; nsenter -t "$(holder $n)" -m -n -u "$@"; }
bg() { local n=$1; shift; setsid nohup "$@" >>$R/$n.log 2>&1 </dev/null & echo $! >$R/$n.pid; }
# stop PIDFILE [SIGNAL]: what a pid file names, by TERM and after ten seconds by KILL
stop() { [ -f "$1" ] || return 0; local p; p=$(cat "$1"); kill -${2:-TERM} $p 2>/dev/null; for _ in $(seq 100); do kill -0 $p 2>/dev/null || break; sleep .1; done; kill -9 $p 2>/dev/null; rm -f "$1"; }
k() { infab $B/kubectl --kubeconfig $KC "$@"; }
until_() { local s=$1; shift; for _ in $(seq $((s * 5))); do "$@" >/dev/null 2>&1 && return 0; sleep .2; done; return 1; }
kubeconfig() { # NAME TOKEN; Vitrine's own API server knows people by certificates, of the same names
  local user="token: $2"; [ -z "$OWN" ] || user="client-certificate: $R/pki/$2.crt, client-key: $R/pki/$2.key"
  cat >$R/$1.kubeconfig <<K
apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "$API", certificate-authority: $R/pki/ca.crt}}]
users: [{name: u, user: {$user}}]
contexts: [{name: c, context: {cluster: c, user: u}}]
current-context: c
K
}
# agents NODE: pids of its agent, which runs in a pod
agents() { local p; for p in $(find /sys/fs/cgroup/memory/$TAG-$1 -name cgroup.procs -exec cat {} + 2>/dev/null); do tr '\0' ' ' </proc/$p/cmdline 2>/dev/null | grep -q '^/opt/vitrine/vitrine node ' && echo $p; done; true; }
# halt NODE: as when its power goes: its processes, its namespaces and all that is volatile; its disk stays
halt() {
  local D=$R/$1 CG=/$TAG-$1 h mns p c; [ -f $D/holder.pid ] || return 0; h=$(cat $D/holder.pid); mns=$(readlink /proc/$h/ns/mnt)
  stop $D/proxy.pid KILL; stop $D/kubelet.pid KILL
  for _ in 1 2 3; do for p in $(find /sys/fs/cgroup/memory$CG -name cgroup.procs -exec cat {} + 2>/dev/null); do kill -9 $p 2>/dev/null; done; sleep .3; done
  stop $D/containerd.pid KILL
  for p in /proc/[0-9]*; do p=${p#/proc/}; [ "$(readlink /proc/$p/ns/mnt 2>/dev/null)" = "$mns" ] && [ $p != $h ] && kill -9 $p 2>/dev/null; done
  kill -9 $h 2>/dev/null; sleep .3; infab ip link del v-$1 2>/dev/null; ip netns del $TAG-$1 # the kernel takes its time with what is in a namespace
  for c in cpu cpuacct cpuset memory pids systemd devices freezer blkio; do find /sys/fs/cgroup/$c$CG -depth -type d -exec rmdir {} \; 2>/dev/null; done
  rm -rf $D/holder.pid $D/ready $D/state $D/containerd.sock* $D/m/_run_*
}
