#!/bin/bash
# apiserver.sh: (re)starts kube-apiserver alone; env.sh's stop ends it
cd "$(dirname "$0")"; . ./env.sh; P=$R/pki
if [ -n "$OWN" ]; then
  # As `vitrine up` would have prepared it, with the fabric for its bridge; in a mount namespace that has the machine's own clusters out of sight.
  S=$R/own/state/clusters/real; mkdir -p $S/pki $S/logs $R/own/run /run/vitrine /var/lib/vitrine
  for f in ca:ca api:apiserver kc:apiserver-kubelet-client; do for e in crt key; do cp $P/${f%:*}.$e $S/pki/${f#*:}.$e; done; done
  sed "s#$API#https://127.0.0.1:$AP#" $R/kcm.kubeconfig >$S/controller-manager.kubeconfig
  cat >$S/cluster.json <<J
{"name": "real", "apiPort": $AP, "podCidrs": ["$PODS"], "serviceCidrs": ["$SERVICES"], "nodeCidrs": ["172.30.0.0/24"], "loadBalancerPools": ["$POOL"], "mtu": 1500, "nodeMonitorGracePeriod": 400, "defaultTolerationSeconds": 300,
 "egress": "none", "runtime": "runc", "kubeconfig": "$R/admin.kubeconfig", "nodes": [], "auditLogPath": "$R/audit.log", "auditPolicyFile": "$R/audit.yaml"}
J
  bg apiserver nsenter --net=/run/netns/$FAB unshare --mount sh -c "mount --bind $R/own/state /var/lib/vitrine && mount --bind $R/own/run /run/vitrine && exec $VITRINE server --name real"; exit
fi
bg apiserver nsenter --net=/run/netns/$FAB $B/kube-apiserver --etcd-servers=http://127.0.0.1:2379 --bind-address=0.0.0.0 --secure-port=$AP --advertise-address=$GW \
 --service-cluster-ip-range=$SERVICES --authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction --token-auth-file=$R/tokens.csv --client-ca-file=$P/ca.crt \
 --tls-cert-file=$P/api.crt --tls-private-key-file=$P/api.key --service-account-key-file=$P/sa.pub --service-account-signing-key-file=$P/sa.key \
 --service-account-issuer=https://kubernetes.default.svc.cluster.local --kubelet-client-certificate=$P/kc.crt --kubelet-client-key=$P/kc.key --kubelet-preferred-address-types=InternalIP \
 --requestheader-client-ca-file=$P/ca.crt --requestheader-allowed-names=front-proxy --requestheader-username-headers=X-Remote-User --requestheader-group-headers=X-Remote-Group --requestheader-extra-headers-prefix=X-Remote-Extra- \
 --proxy-client-cert-file=$P/fp.crt --proxy-client-key-file=$P/fp.key --allow-privileged=true --audit-policy-file=$R/audit.yaml --audit-log-path=$R/audit.log --v=1
