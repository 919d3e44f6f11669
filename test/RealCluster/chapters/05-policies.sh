# NetworkPolicy
ns policies; k create ns others >/dev/null 2>&1; k label ns others team=others --overwrite >/dev/null
web web n1 "app: web"; client friend n2 "role: friend"; client stranger n1 "role: stranger"; client near n2
NS=others client alien n2 "role: friend"
ready pod/web pod/friend pod/stranger pod/near >/dev/null; NS=others ready pod/alien >/dev/null
WEB=$(ip_of web)
policy() { kn delete networkpolicy --all >/dev/null 2>&1; put >/dev/null; }
open() { eventually 10 fetch $1 http://${2:-$WEB}; }
closed() { eventually 10 never fetch_quick $1 ${2:-$WEB} && never fetch_quick $1 ${2:-$WEB}; }
fetch_quick() { in_pod $1 "curl -sS -m 1 -o /dev/null http://$2"; }
alien() { local NS=others; "$@"; }
check "without a policy everybody may" open stranger
policy <<Y
{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: deny}, spec: {podSelector: {}, policyTypes: [Ingress]}}
Y
check "deny all: nobody may" closed stranger
check "deny all: nobody of another node may" closed friend
cat <<Y | put >/dev/null
{apiVersion: v1, kind: Pod, metadata: {name: probed}, spec: {nodeName: n1, terminationGracePeriodSeconds: 1, containers: [{name: c, image: nginx, imagePullPolicy: IfNotPresent, readinessProbe: {httpGet: {port: 80}, periodSeconds: 1}}]}}
Y
check "deny all: kubelet's probes still may" ready pod/probed
policy <<Y
{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: friends}, spec: {podSelector: {matchLabels: {app: web}}, ingress: [{from: [{podSelector: {matchLabels: {role: friend}}}], ports: [{port: 80}]}]}}
Y
check "by label: a friend may" open friend
check "by label: a stranger may not" closed stranger
check "by label: a friend of another namespace may not" alien closed alien
policy <<Y
{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: team}, spec: {podSelector: {matchLabels: {app: web}}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: others}}}]}]}}
Y
check "by namespace: the other one may" alien open alien
check "by namespace: its own may not" closed friend
policy <<Y
{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: port}, spec: {podSelector: {matchLabels: {app: web}}, ingress: [{ports: [{port: 81}]}]}}
Y
check "by port: another port is not this one" closed friend
policy <<Y
{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: out}, spec: {podSelector: {matchLabels: {role: stranger}}, policyTypes: [Egress]}}
Y
check "egress: who may not go out does not" closed stranger
check "egress: others do" open friend
policy <<Y
{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: block}, spec: {podSelector: {matchLabels: {app: web}}, ingress: [{from: [{ipBlock: {cidr: $(ip_of friend)/32}}]}]}}
Y
check "by address: that one may" open friend
check "by address: another may not" closed near
kn delete networkpolicy --all >/dev/null
check "without a policy everybody may again" open stranger
