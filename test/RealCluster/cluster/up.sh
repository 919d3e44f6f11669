#!/bin/bash
# up.sh: a fabric without a way out, etcd, kube-apiserver, kube-controller-manager and kube-scheduler in it, then NODES nodes.
#   OWN=1    Vitrine's own control plane instead of these four: `vitrine server`
#   PROXY=1  nodes run kube-proxy and the reference plugins instead of Vitrine's place being left empty
set -e; cd "$(dirname "$0")"; . ./env.sh; mkdir -p $R/pki; P=$R/pki
if [ ! -f $P/ca.crt ]; then (cd $P
  openssl genrsa -out ca.key 2048; openssl req -x509 -new -key ca.key -subj /CN=test-ca -days 3650 -out ca.crt
  openssl genrsa -out sa.key 2048; openssl rsa -in sa.key -pubout -out sa.pub
  echo "subjectAltName=IP:127.0.0.1,IP:10.96.0.1,IP:$GW,DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:kubernetes.default.svc.cluster.local" >san
  mk() { openssl genrsa -out $1.key 2048; openssl req -new -key $1.key -subj "$2" | openssl x509 -req -CA ca.crt -CAkey ca.key -CAcreateserial -days 3650 $3 $4 -out $1.crt; }
  mk api /CN=kube-apiserver -extfile san; mk fp /CN=front-proxy; mk kc /O=system:masters/CN=kube-apiserver-kubelet-client; mk admintoken /O=system:masters/CN=admin; mk kcmtoken /CN=system:kube-controller-manager
  for i in $(seq $NODES); do mk node$i /O=system:nodes/CN=system:node:n$i; echo "subjectAltName=IP:172.30.0.1$i" >san-n$i; mk kubelet$i /CN=system:node:n$i -extfile san-n$i; done) >/dev/null 2>&1
fi
{ echo 'admintoken,admin,1,"system:masters"'; echo kcmtoken,system:kube-controller-manager,2; echo schedtoken,system:kube-scheduler,3; echo proxytoken,system:kube-proxy,4
  for i in $(seq $NODES); do echo "node$i,system:node:n$i,1$i,\"system:nodes\""; done; } >$R/tokens.csv
kubeconfig admin admintoken; kubeconfig kcm kcmtoken; kubeconfig sched schedtoken; kubeconfig proxy proxytoken; for i in $(seq $NODES); do kubeconfig n$i node$i; done
cat >$R/audit.yaml <<Y
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
# A watch when it begins, too: one that is open has not ended.
- {level: Metadata, userGroups: ["system:serviceaccounts:kube-system"], verbs: [watch]}
- {level: Metadata, userGroups: ["system:serviceaccounts:kube-system"], omitStages: [RequestReceived, ResponseStarted]}
- {level: None}
Y
if ! ip netns list | grep -qw $FAB; then
  ip netns add $FAB
  infab sh -c "ip link set lo up; ip link add br0 type bridge; ip link set br0 up; ip addr add $GW/24 dev br0; sysctl -qw net.bridge.bridge-nf-call-iptables=0 2>/dev/null || true"
fi
[ -n "$OWN" ] || bg etcd nsenter --net=/run/netns/$FAB etcd --name p --data-dir $R/etcd --listen-client-urls http://127.0.0.1:2379 --advertise-client-urls http://127.0.0.1:2379 --listen-peer-urls http://127.0.0.1:2380 --initial-advertise-peer-urls http://127.0.0.1:2380 --initial-cluster p=http://127.0.0.1:2380
./apiserver.sh
for i in $(seq $NODES); do ./node.sh n$i $i & started="$started $!"; done
until_ 120 sh -c "[ \"\$(nsenter --net=/run/netns/$FAB $B/kubectl --kubeconfig $KC get --raw /readyz)\" = ok ]" || { tail -20 $R/apiserver.log; exit 1; }
if [ -z "$OWN" ]; then
# The reference plugins' configuration is written before there is a Node to ask for its range.
# An API server that was away for minutes must not make the control plane give up nodes whose kubelets could not report: that empties Services, whoever serves them.
allocate=true; [ -z "$PROXY" ] || allocate=false
bg kcm nsenter --net=/run/netns/$FAB $B/kube-controller-manager --kubeconfig=$R/kcm.kubeconfig --authentication-kubeconfig=$R/kcm.kubeconfig --authorization-kubeconfig=$R/kcm.kubeconfig --bind-address=127.0.0.1 --port=0 \
 --service-account-private-key-file=$P/sa.key --root-ca-file=$P/ca.crt --cluster-signing-cert-file=$P/ca.crt --cluster-signing-key-file=$P/ca.key --use-service-account-credentials=true --leader-elect=false \
 --allocate-node-cidrs=$allocate --cluster-cidr=$PODS --service-cluster-ip-range=$SERVICES --configure-cloud-routes=false --node-monitor-grace-period=400s --cert-dir=$R/kcm-certs --v=1
bg sched nsenter --net=/run/netns/$FAB $B/kube-scheduler --kubeconfig=$R/sched.kubeconfig --authentication-kubeconfig=$R/sched.kubeconfig --authorization-kubeconfig=$R/sched.kubeconfig --bind-address=127.0.0.1 --port=0 --leader-elect=false --cert-dir=$R/sched-certs --v=1
fi
[ -z "$PROXY" ] || k create clusterrolebinding node-proxier --clusterrole=system:node-proxier --user=system:kube-proxy >/dev/null 2>&1 || true
wait $started
[ -z "$PROXY" ] || for i in $(seq $NODES); do until_ 30 k patch node n$i -p "{\"spec\":{\"podCIDR\":\"10.244.$((i - 1)).0/24\",\"podCIDRs\":[\"10.244.$((i - 1)).0/24\"]}}"; done
echo "control plane on $API, $NODES nodes"
