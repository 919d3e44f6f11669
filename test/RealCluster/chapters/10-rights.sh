# Rights: what was granted, and what was used
sleep 1
check "nothing was asked for that is not granted" python3 rights.py $R/audit.log forbidden
[ -n "$OWN" ] || check "everything granted was used, but for what this cluster has not" python3 rights.py $R/audit.log unused <(manifests)
inside() { k -n kube-system exec $(agent_of n1) -c vitrine -- vitrine explain pod/visitor svc/frontend; }
check "explain in an agent's pod does with the same rights" says "probe:   Answered" inside
