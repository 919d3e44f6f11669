# Vitrine on every node, its controllers in the fabric
kubeconfig explain admintoken
# The rights that `vitrine install` gives, no others; the parts themselves run as plain processes.
rights() { $VITRINE install --print --set policyVersion=policy/v1beta1 | awk 'BEGIN { RS = "---\n"; ORS = "---\n" } /kind: (ServiceAccount|ClusterRole|ClusterRoleBinding|Role|RoleBinding)\n/'; }
apply_rights() { rights | k apply -f -; }
token() { k -n kube-system get secret $(k -n kube-system get sa $1 -o 'jsonpath={.secrets[0].name}') -o 'jsonpath={.data.token}' | base64 -d; }
check "accounts and roles are applied" eventually 20 apply_rights
until_ 20 sh -c "[ -n \"\$(nsenter --net=/run/netns/$FAB $B/kubectl --kubeconfig $KC -n kube-system get sa vitrine-controller -o 'jsonpath={.secrets[0].name}')\" ]"
kubeconfig node $(token vitrine-node); kubeconfig controller $(token vitrine-controller)
check "kubelet waits for a network" eventually 60 says "cni plugin not initialized" k get nodes -o jsonpath='{.items[*].status.conditions[?(@.type=="Ready")].message}'
start_agent() { # NODE
  bg $1/agent nsenter -t $(cat $R/$1/holder.pid) -m -n -u $VITRINE node --components all --kubeconfig $R/node.kubeconfig --run-dir $R/$1/run --node-name $1 --cluster-dns $DNS --dns-upstream none --service-cidr $SERVICES; }
start_controller() { # NAME
  bg controller-$1 nsenter --net=/run/netns/$FAB $VITRINE controller --kubeconfig $R/controller.kubeconfig --cluster-dns $DNS --lb-pool $POOL --identity $1; }
for i in $(seq $NODES); do start_agent n$i; done
start_controller a; start_controller b
check "nodes are ready by the plugin and its configuration" eventually 60 sh -c "[ \$(nsenter --net=/run/netns/$FAB $B/kubectl --kubeconfig $KC get nodes | grep -cw Ready) = $NODES ]"
check "the configuration has the node's range" says "$(k get node n1 -o jsonpath='{.spec.podCIDR}')" innode n1 cat /etc/cni/net.d/10-vitrine.conflist
check "one of the two controllers leads" eventually 30 says kube-system sh -c "nsenter --net=/run/netns/$FAB $B/kubectl --kubeconfig $KC -n kube-system get lease vitrine-controller -o 'jsonpath={.spec.holderIdentity} {.metadata.namespace}' | grep '^[ab] '"
check "the node has a way to the API's Service" eventually 20 says ok innode n1 curl -sS -k -m 3 https://10.96.0.1/readyz -H 'Authorization: Bearer admintoken'
