# What fails, and what goes on
ns default; doors; away=${AWAY:-60}
name_answered() { says $CLUSTER nsenter -t $V -n -m getent hosts frontend.default.svc.cluster.local; }
load; sleep 3; kill_agents n1 n2
check "agents killed on all nodes: they run again" eventually 60 run_again n1 n2
sleep 8; check "and no request fails" no_request_fails
# What a process holds when it is killed is lost with it: two tries each, as a resolver has.
ask name1 $V frontend.default 2; ask node1 $(holder n1) frontend.default 2; sleep 2; kill_agents n1; sleep 1
check "one node's agent killed: it runs again" eventually 60 run_again n1
sleep 8; check "and questions for names are answered all the time, its pods' and its own" poured name1 node1
load; sleep 2; stop $R/apiserver.pid KILL; sleep $away; ./cluster/apiserver.sh; until_ 60 k get nodes; sleep 10
check "API server killed for $away s: no request fails" no_request_fails
load; sleep 2; stop $R/apiserver.pid KILL; kill_agents n1 n2; sleep 1
check "API server killed, and all agents after it: they run again" eventually 60 run_again n1 n2
check "they answer names" eventually 20 name_answered
fresh_lb() { infab ip neigh flush dev br0; says "<title>Guestbook" outside http://$LB/; }
check "who never heard of a LoadBalancer's address finds it" fresh_lb
sleep $((away / 3)); ./cluster/apiserver.sh; until_ 60 k get nodes; sleep 10
check "and no request fails, whatever way it takes, also when the API comes back" no_request_fails
check "afterwards a change is applied" eventually 60 k scale deployment/frontend --replicas=2
two() { [ $(k get endpoints frontend -o jsonpath='{.subsets[*].addresses[*].ip}' | wc -w) = 2 ]; }
check "and heard of" eventually 60 two
