# Ingress
ns default
cat <<Y | put >/dev/null
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: guestbook}
spec:
  ingressClassName: vitrine
  rules: [{host: guestbook.example, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: frontend, port: {number: 80}}}}]}}]
Y
check "the Ingress gets an address" eventually 30 sh -c "[ -n \"\$(nsenter --net=/run/netns/$FAB $B/kubectl --kubeconfig $KC get ingress guestbook -o jsonpath='{.status.loadBalancer.ingress[0].ip}')\" ]"
DOOR=$(field '.status.loadBalancer.ingress[0].ip' ingress guestbook)
check "a request by host is served" eventually 20 says "<title>Guestbook" outside -H 'Host: guestbook.example' http://$DOOR/
check "another host is not" says 404 outside -o /dev/null -w '%{http_code}' -H 'Host: other.example' http://$DOOR/
if [ -n "$OWN" ]; then check "the door leads to both nodes" says "172.30.0.11 172.30.0.12" k -n kube-system get endpointslices -l kubernetes.io/service-name=vitrine-ingress -o 'jsonpath={.items[0].endpoints[*].addresses[0]}'
else check "the door leads to both nodes by Endpoints" says "172.30.0.11 172.30.0.12 10080 10443" k -n kube-system get endpoints vitrine-ingress -o 'jsonpath={.subsets[0].addresses[*].ip} {.subsets[0].ports[*].port}'; fi
