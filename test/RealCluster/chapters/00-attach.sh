# Vitrine on every node, as `vitrine install` puts it there
kubeconfig explain admintoken
check "kubelet waits for a network" eventually 60 says "cni plugin not initialized" k get nodes -o jsonpath='{.items[*].status.conditions[?(@.type=="Ready")].message}'
# kubelet has rules of its own, which come when they come.
for i in $(seq $NODES); do until_ 60 innode n$i sh -c "nft list table ip mangle | grep -q KUBE-KUBELET-CANARY"; node_has n$i >$R/n$i/before; done; api_has >$R/before
check "install --print is applied" eventually 20 install
check "DaemonSet and Deployment get ready" agents_ready
check "nodes are ready by the plugin and its configuration" eventually 60 all_ready
check "the configuration has the node's range" says "$(k get node n1 -o jsonpath='{.spec.podCIDR}')" innode n1 cat /etc/cni/net.d/10-vitrine.conflist
check "agents tell what they count, where they were told to" says vitrine_dns_names innode n1 curl -sS http://127.0.0.1:9753/metrics
leader() { k -n kube-system get lease vitrine-controller -o 'jsonpath={.spec.holderIdentity}'; }
[ -n "$OWN" ] || check "one of the two controllers leads" eventually 30 says vitrine-controller- leader
check "the node has a way to the API's Service" eventually 20 says ok innode n1 curl -sS -k -m 3 https://10.96.0.1/readyz
