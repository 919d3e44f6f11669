# Pod to pod
ns chapter2
client here n1; web same n1; web other n2; client there n2
check "pods start on both nodes" ready pod/here pod/same pod/other pod/there
check "a pod reaches one of its node" fetch here http://$(ip_of same)
check "a pod reaches one of another node" fetch here http://$(ip_of other)
check "nobody rewrites the source address" says "$(ip_of here)" kn logs other
check "a node reaches pods of every node" innode n1 curl -sS -m 5 -o /dev/null http://$(ip_of other)
guarded() { infab ip route replace $(ip_of same) via 172.30.0.11; never outside -m 2 -o /dev/null http://$(ip_of same); local r=$?; infab ip route del $(ip_of same); return $r; }
check "the outside reaches no pod without a Service, even with a route" guarded
