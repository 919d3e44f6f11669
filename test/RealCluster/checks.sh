# Sourced by run.sh and beside.sh: checks, and words for what they do.
passed=0; failed=0
say() { printf '\033[1m%s\033[0m\n' "$*"; }
# check NAME COMMAND…: one check; its output is shown when it fails
check() {
  local name=$1 t=$(date +%s%N) out; shift
  if out=$("$@" 2>&1); then passed=$((passed + 1)); printf '  ✓ %s (%d ms)\n' "$name" $((($(date +%s%N) - t) / 1000000))
  else failed=$((failed + 1)); printf '  ✗ %s\n%s\n' "$name" "$(sed 's/^/      /' <<<"$out" | tail -n 25)"; fi
}
# eventually SECONDS COMMAND…: until it succeeds; shows the last output where it never does
eventually() { local end=$((SECONDS + $1)) out; shift; while ! out=$("$@" 2>&1); do [ $SECONDS -lt $end ] || { echo "$out"; return 1; }; sleep .3; done; }
never() { ! "$@"; }
# says TEXT COMMAND…: its output has the text
says() { local want=$1 out; shift; out=$("$@" 2>&1); grep -qF -- "$want" <<<"$out" || { echo "wanted: $want"; echo "$out"; return 1; }; }
ns() { k get ns $1 >/dev/null 2>&1 || k create ns $1 >/dev/null; NS=$1; }
kn() { k -n $NS "$@"; }
# There is no registry: what an image's pull policy says by default would ask one.
offline() { sed -E 's/^( *)(- )?(image: .*)$/\1\2\3\n\1\2imagePullPolicy: IfNotPresent/; ' "$@" | sed -E 's/^( *)- (imagePullPolicy: .*)$/\1  \2/'; }
apply() { offline "$@" | kn apply -f - ; }
# put: YAML from standard input; kubectl takes a text that begins with a brace for JSON
put() { { echo ---; cat; } | kn apply -f -; }
in_pod() { local pod=$1; shift; kn exec $pod -- sh -c "$*"; }
ip_of() { kn get pod $1 -o jsonpath='{.status.podIP}'; }
node_of() { kn get pod $1 -o jsonpath='{.spec.nodeName}'; }
field() { local what=$1; shift; kn get "$@" -o "jsonpath={$what}"; }
ready() { kn wait --for=condition=Ready --timeout=90s "$@"; }
# pod NAME NODE [LABELS] [COMMAND]: of the debian image, or nginx with no command
pod() { cat <<Y | put >/dev/null
{apiVersion: v1, kind: Pod, metadata: {name: $1, labels: {${3:-app: $1}}}, spec: {nodeName: $2, terminationGracePeriodSeconds: 1, containers: [{name: c, image: ${4:-debian}, imagePullPolicy: IfNotPresent${5:+, command: $5}}]}}
Y
}
client() { pod $1 $2 "${3:-app: $1}" debian '["sleep", "infinity"]'; }
web() { pod $1 $2 "${3:-app: $1}" nginx; }
fetch() { in_pod $1 "curl -sS -m 5 -o /dev/null -w '%{http_code}' $2" | grep -q 200; }
outside() { infab curl -sS -m 5 "$@"; }
explain() { local node=$1; shift; innode $node $VITRINE explain --kubeconfig $R/explain.kubeconfig --node-name $node --service-cidr $SERVICES "$@"; }
images() { # what pods of the chapters run, into $R/images.tar
  mkdir -p $R; $VITRINE image build >/dev/null || return 1
  [ $R/images.tar -nt /var/lib/vitrine/images/index.json ] || $VITRINE image save -f $R/images.tar debian nginx redis:6.0.5 us-docker.pkg.dev/google-samples/containers/gke/gb-frontend:v5 \
    us-docker.pkg.dev/google-samples/containers/gke/gb-redis-follower:v2 registry.k8s.io/pause:3.10 $MORE_IMAGES
}
sum_up() { say "$passed passed, $failed failed"; [ $failed = 0 ]; }
