#!/bin/bash
# node.sh NAME INDEX: a node, 172.30.0.1INDEX: containerd and kubelet in namespaces of their own. Nothing gives its pods a network yet, unless PROXY=1.
set -e; cd "$(dirname "$0")"; . ./env.sh; N=$1; I=$2; D=$R/$N; NS=$TAG-$N; A=172.30.0.1$I; CG=/$TAG-$N; mkdir -p $D/kcert
if ! ip netns list | grep -qw $NS; then
  ip netns add $NS; ip link add eth0 netns $NS type veth peer name v-$N netns $FAB; infab ip link set v-$N master br0 up
  nsenter --net=/run/netns/$NS sh -c "ip link set lo up; ip addr add $A/24 dev eth0; ip link set eth0 up; ip route add default via $GW"
  setsid nsenter --net=/run/netns/$NS unshare --mount --uts --propagation private ./inside.sh $D $RUNDIR </dev/null >>$D/holder.log 2>&1 & echo $! >$D/holder.pid
  until_ 10 test -e $D/ready
fi
for c in cpu cpuacct cpuset memory pids systemd devices freezer blkio; do mkdir -p /sys/fs/cgroup/$c$CG; done
for f in cpuset.cpus cpuset.mems; do cat /sys/fs/cgroup/cpuset/$f >/sys/fs/cgroup/cpuset$CG/$f; done
cat >$D/config.toml <<T
version = 2
root  = "$D/root"
state = "$D/state"
oom_score = 0
disabled_plugins = ["io.containerd.internal.v1.restart","io.containerd.snapshotter.v1.aufs","io.containerd.snapshotter.v1.btrfs","io.containerd.snapshotter.v1.devmapper","io.containerd.snapshotter.v1.zfs","io.containerd.tracing.processor.v1.otlp","io.containerd.internal.v1.tracing"]
[grpc]
  address = "$D/containerd.sock"
[ttrpc]
  address = "$D/containerd.sock.ttrpc"
[metrics]
  address = ""
[plugins."io.containerd.internal.v1.opt"]
  path = "$D/opt"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "registry.k8s.io/pause:3.10"
  stream_server_address = "127.0.0.1"
  stream_server_port = "0"
  disable_apparmor = true
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
  tolerate_missing_hugetlb_controller = true
  disable_hugetlb_controller = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "${CNIBIN:-/opt/cni/bin}"
    conf_dir = "/etc/cni/net.d"
    max_conf_num = 1
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      BinaryName = "/usr/sbin/runc"
      SystemdCgroup = false
      Root = "$D/runc"
T
: >$D/resolv.conf; H=$(cat $D/holder.pid)
innode $N mkdir -p /etc/cni/net.d /opt/cni/bin
if [ -n "$PROXY" ]; then
  innode $N sh -c "cat >/etc/cni/net.d/10-ref.conflist" <<T
{"cniVersion":"0.4.0","name":"ref","plugins":[
 {"type":"bridge","bridge":"cni0","isGateway":true,"ipMasq":false,"hairpinMode":true,"ipam":{"type":"host-local","dataDir":"$D/ipam","ranges":[[{"subnet":"10.244.$((I - 1)).0/24"}]],"routes":[{"dst":"0.0.0.0/0"}]}},
 {"type":"portmap","capabilities":{"portMappings":true}}]}
T
  innode $N sh -c "sysctl -qw net.ipv4.ip_forward=1; for j in \$(seq 0 $((NODES - 1))); do [ \$j = $((I - 1)) ] || ip route replace 10.244.\$j.0/24 via 172.30.0.1\$((j + 1)); done"
fi
bg $N/containerd nsenter -t $H -m -n -u containerd --config $D/config.toml
until_ 10 ctr -a $D/containerd.sock version
ctr -a $D/containerd.sock -n k8s.io images import ${IMAGES:-$R/images.tar} >/dev/null
bg $N/kubelet nsenter -t $H -m -n -u $B/kubelet --kubeconfig=$R/$N.kubeconfig --container-runtime=remote --container-runtime-endpoint=unix://$D/containerd.sock --cgroup-driver=cgroupfs --cgroup-root=$CG \
 --cgroups-per-qos=true --enforce-node-allocatable=pods --fail-swap-on=false --root-dir=/var/lib/kubelet --cert-dir=$D/kcert --tls-cert-file=$R/pki/kubelet$I.crt --tls-private-key-file=$R/pki/kubelet$I.key --node-ip=$A --hostname-override=$N --address=$A \
 --anonymous-auth=false --authentication-token-webhook=true --authorization-mode=Webhook --client-ca-file=$R/pki/ca.crt --read-only-port=0 --healthz-port=0 --oom-score-adj=0 --max-open-files=20000 \
 --eviction-hard='memory.available<100Mi' --image-gc-high-threshold=100 --resolv-conf=$D/resolv.conf --cluster-dns=$DNS --cluster-domain=cluster.local --protect-kernel-defaults=false --v=1
[ -z "$PROXY" ] || bg $N/proxy nsenter -t $H -m -n -u $B/kube-proxy --kubeconfig=$R/proxy.kubeconfig --proxy-mode=iptables --bind-address=$A --hostname-override=$N --cluster-cidr=$PODS --conntrack-max-per-core=0 --oom-score-adj=0 --metrics-bind-address=127.0.0.1:10249 --healthz-bind-address=127.0.0.1:10256 --v=1
