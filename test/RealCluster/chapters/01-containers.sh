# Container to container
ns chapter1
apply ../../examples/1-container-to-container/localhost.yaml >/dev/null; apply ../../examples/1-container-to-container/shared-volume.yaml >/dev/null
check "two containers, one localhost" eventually 90 says "Welcome to nginx" kn exec over-localhost -c debian-container -- curl -sS -m 3 http://localhost
check "two containers, one volume" eventually 60 says "Hello from the debian container" kn exec two-containers -c nginx-container -- curl -sS -m 3 http://localhost
