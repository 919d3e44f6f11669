# What fails, and what goes on
ns default
LB=$(field '.status.loadBalancer.ingress[0].ip' svc frontend)
pour() { # NAME SECONDS URL: a request each 20 ms; what failed is counted
  infab bash -c "n=0; f=0; end=\$((SECONDS + $2)); while [ \$SECONDS -lt \$end ]; do n=\$((n + 1)); curl -sS -m 3 -o /dev/null $3 2>>$R/pour-$1.err || f=\$((f + 1)); sleep .02; done; echo \"\$n requests, \$f failed\" >$R/pour-$1" & poured=$!; }
pour agent 20 http://$LB/
sleep 3; stop $R/n1/agent.pid KILL; stop $R/n2/agent.pid KILL; sleep 8; start_agent n1; start_agent n2; wait $poured
check "agents killed on all nodes for 8 s: no request fails" says " 0 failed" cat $R/pour-agent
away=${AWAY:-60}; NP=$(field '.spec.ports[0].nodePort' svc frontend)
pour api $((away + 20)) http://$LB/
sleep 2; stop $R/apiserver.pid KILL; sleep $away; ./cluster/apiserver.sh; wait $poured
check "API server killed for $away s: no request fails" says " 0 failed" cat $R/pour-api
until_ 60 k get nodes
pour both $((away / 2 + 20)) http://172.30.0.12:$NP/
# What the kernel holds goes on; a LoadBalancer's address and DNS are the agent's own doing, and wait for the API.
sleep 2; stop $R/apiserver.pid KILL; stop $R/n2/agent.pid KILL; start_agent n2; sleep $((away / 2)); ./cluster/apiserver.sh; wait $poured
check "API server killed, and an agent too: no request to its node's port fails" says " 0 failed" cat $R/pour-both
until_ 60 k get nodes
check "afterwards a change is applied" eventually 60 sh -c "nsenter --net=/run/netns/$FAB $B/kubectl --kubeconfig $KC scale deployment/frontend --replicas=2"
until_ 60 sh -c "[ \$(nsenter --net=/run/netns/$FAB $B/kubectl --kubeconfig $KC get endpoints frontend -o jsonpath='{.subsets[*].addresses[*].ip}' | wc -w) = 2 ]"
