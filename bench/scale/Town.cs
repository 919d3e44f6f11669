namespace Vitrine.Bench.Scale;

/// <summary>
/// A simulated cluster, object by object as an API server keeps them: nodes on one link with a pod range each, Services of fifteen pods each with the slice of
/// their endpoints, and two NetworkPolicies in every namespace.
/// </summary>
internal sealed record Town(int Nodes, int Services, int Pods)
{
    public const int Namespaces = 100;

    /// <summary>Namespaces that have policies.</summary>
    private static readonly int Policed = int.Parse(Environment.GetEnvironmentVariable("SCALE_POLICED") ?? $"{Namespaces}");
    private const string Managed = """"managedFields":[{"manager":"kube-controller-manager","operation":"Update","apiVersion":"v1","time":"2026-11-27T07:00:00Z","fieldsType":"FieldsV1","fieldsV1":{"f:metadata":{"f:generateName":{},"f:labels":{".":{},"f:app":{},"f:pod-template-hash":{}},"f:ownerReferences":{".":{},"k:{\"uid\":\"x\"}":{}}},"f:spec":{"f:containers":{"k:{\"name\":\"web\"}":{".":{},"f:image":{},"f:imagePullPolicy":{},"f:name":{},"f:ports":{".":{},"k:{\"containerPort\":8080,\"protocol\":\"TCP\"}":{".":{},"f:containerPort":{},"f:protocol":{}}},"f:resources":{},"f:terminationMessagePath":{},"f:terminationMessagePolicy":{}}},"f:dnsPolicy":{},"f:enableServiceLinks":{},"f:restartPolicy":{},"f:schedulerName":{},"f:securityContext":{},"f:terminationGracePeriodSeconds":{}}}},{"manager":"kubelet","operation":"Update","apiVersion":"v1","time":"2026-11-27T07:00:01Z","fieldsType":"FieldsV1","fieldsV1":{"f:status":{"f:conditions":{"k:{\"type\":\"ContainersReady\"}":{".":{},"f:lastProbeTime":{},"f:status":{},"f:type":{}},"k:{\"type\":\"Ready\"}":{".":{},"f:lastProbeTime":{},"f:status":{},"f:type":{}}},"f:containerStatuses":{},"f:hostIP":{},"f:phase":{},"f:podIP":{},"f:podIPs":{},"f:startTime":{}}},"subresource":"status"}]"""";

    public string NodeAddress(int node) => $"172.30.{1 + node / 250}.{1 + node % 250}";

    public string ServiceName(int service) => $"web-{service}";

    public string NamespaceOf(int service) => $"shop-{service % Namespaces}";

    public string PodName(int pod) => $"{ServiceName(ServiceOf(pod))}-7d4b9c6f5-{pod:x5}";

    public string PodNamespace(int pod) => NamespaceOf(ServiceOf(pod));

    /// <summary>Kind as group/plural, namespace, name and JSON of every object.</summary>
    public IEnumerable<(string Group, string Version, string Plural, string Namespace, string Name, string Json)> Objects()
    {
        for (var i = 0; i < Namespaces; i++)
            yield return ("", "v1", "namespaces", "", $"shop-{i}", Namespace(i));
        for (var i = 0; i < Nodes; i++)
        {
            yield return ("", "v1", "nodes", "", $"node-{i}", Node(i, "2026-11-27T07:00:00Z"));
            yield return ("coordination.k8s.io", "v1", "leases", "kube-node-lease", $"node-{i}", Lease(i, "2026-11-27T07:00:00.000000Z"));
        }
        for (var i = 0; i < Services; i++)
        {
            yield return ("", "v1", "services", NamespaceOf(i), ServiceName(i), Service(i));
            yield return ("discovery.k8s.io", "v1", "endpointslices", NamespaceOf(i), $"{ServiceName(i)}-abcde", Slice(i, 8080));
            yield return ("", "v1", "endpoints", NamespaceOf(i), ServiceName(i), Endpoints(i));
        }
        for (var i = 0; i < Pods; i++)
            yield return ("", "v1", "pods", PodNamespace(i), PodName(i), Pod(i, true));
        for (var i = 0; i < Policed; i++)
            foreach (var (name, spec) in new[]
            {
                ("from-own", """{"podSelector":{},"policyTypes":["Ingress"],"ingress":[{"from":[{"podSelector":{}}]},{"from":[{"namespaceSelector":{"matchLabels":{"team":"front"}}}],"ports":[{"port":8080,"protocol":"TCP"}]}]}"""),
                ("front", """{"podSelector":{"matchLabels":{"tier":"front"}},"policyTypes":["Ingress"],"ingress":[{"from":[{"ipBlock":{"cidr":"192.0.2.0/24"}}]}]}"""),
            })
                yield return ("networking.k8s.io", "v1", "networkpolicies", $"shop-{i}", name, $$$"""{"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{"name":"{{{name}}}","namespace":"shop-{{{i}}}","uid":"np-{{{name}}}-{{{i}}}","creationTimestamp":"2026-11-27T07:00:00Z"},"spec":{{{spec}}}}""");
    }

    /// <summary>As a kubelet reports it, images and conditions included.</summary>
    public string Node(int i, string heartbeat) =>
        $$$$"""
        {"apiVersion":"v1","kind":"Node","metadata":{"name":"node-{{{{i}}}}","uid":"node-uid-{{{{i}}}}","creationTimestamp":"2026-11-27T07:00:00Z","labels":{"beta.kubernetes.io/arch":"amd64","beta.kubernetes.io/os":"linux","kubernetes.io/arch":"amd64","kubernetes.io/hostname":"node-{{{{i}}}}","kubernetes.io/os":"linux","node.kubernetes.io/instance-type":"m5","topology.kubernetes.io/region":"r","topology.kubernetes.io/zone":"z{{{{i % 3}}}}"}},
        "spec":{"podCIDR":"10.{{{{i / 256}}}}.{{{{i % 256}}}}.0/24","podCIDRs":["10.{{{{i / 256}}}}.{{{{i % 256}}}}.0/24"]},
        "status":{"addresses":[{"type":"InternalIP","address":"{{{{NodeAddress(i)}}}}"},{"type":"Hostname","address":"node-{{{{i}}}}"}],"allocatable":{"cpu":"32","memory":"128Gi","pods":"110"},"capacity":{"cpu":"32","memory":"128Gi","pods":"110"},
        "conditions":[{{{{string.Join(',', new[] { "MemoryPressure", "DiskPressure", "PIDPressure", "Ready" }.Select(c => $$"""{"type":"{{c}}","status":"{{(c == "Ready" ? "True" : "False")}}","lastHeartbeatTime":"{{heartbeat}}","lastTransitionTime":"2026-11-27T07:00:00Z","reason":"KubeletHasIt","message":"kubelet says so"}"""))}}}}],
        "images":[{{{{string.Join(',', Enumerable.Range(0, 30).Select(n => $$"""{"names":["registry.example/team/image-{{n}}@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef","registry.example/team/image-{{n}}:1.2.3"],"sizeBytes":123456789}"""))}}}}],
        "nodeInfo":{"architecture":"amd64","bootID":"b","containerRuntimeVersion":"containerd://1.6.20","kernelVersion":"6.1","kubeProxyVersion":"v1.20.2","kubeletVersion":"v1.20.2","machineID":"m","operatingSystem":"linux","osImage":"Debian","systemUUID":"s"}}}
        """;

    public static string Lease(int i, string renewed) => $$$"""{"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{"name":"node-{{{i}}}","namespace":"kube-node-lease","uid":"lease-{{{i}}}","creationTimestamp":"2026-11-27T07:00:00Z"},"spec":{"holderIdentity":"node-{{{i}}}","leaseDurationSeconds":40,"renewTime":"{{{renewed}}}"}}""";

    public string Slice(int i, int port) =>
        $$$"""
        {"apiVersion":"discovery.k8s.io/v1","kind":"EndpointSlice","metadata":{"name":"{{{ServiceName(i)}}}-abcde","namespace":"{{{NamespaceOf(i)}}}","uid":"slice-{{{i}}}","creationTimestamp":"2026-11-27T07:00:00Z","labels":{"endpointslice.kubernetes.io/managed-by":"endpointslice-controller.k8s.io","kubernetes.io/service-name":"{{{ServiceName(i)}}}"}},
        "addressType":"IPv4","ports":[{"name":"","port":{{{port}}},"protocol":"TCP"}],
        "endpoints":[{{{string.Join(',', PodsOf(i).Select(p => $$$"""{"addresses":["{{{PodAddress(p)}}}"],"conditions":{"ready":true,"serving":true,"terminating":false},"nodeName":"node-{{{p % Nodes}}}","zone":"z{{{p % Nodes % 3}}}","targetRef":{"kind":"Pod","namespace":"{{{PodNamespace(p)}}}","name":"{{{PodName(p)}}}","uid":"{{{Uid(p)}}}"}}"""))}}}]}
        """;

    /// <summary>For those who know no slices.</summary>
    public string Endpoints(int i) =>
        $$$"""
        {"apiVersion":"v1","kind":"Endpoints","metadata":{"name":"{{{ServiceName(i)}}}","namespace":"{{{NamespaceOf(i)}}}","uid":"endpoints-{{{i}}}","creationTimestamp":"2026-11-27T07:00:00Z"},
        "subsets":[{"ports":[{"port":8080,"protocol":"TCP"}],"addresses":[{{{string.Join(',', PodsOf(i).Select(p => $$$"""{"ip":"{{{PodAddress(p)}}}","nodeName":"node-{{{p % Nodes}}}","targetRef":{"kind":"Pod","namespace":"{{{PodNamespace(p)}}}","name":"{{{PodName(p)}}}","uid":"{{{Uid(p)}}}"}}"""))}}}]}]}
        """;

    public string Pod(int i, bool ready) =>
        $$$$"""
        {"apiVersion":"v1","kind":"Pod","metadata":{"name":"{{{{PodName(i)}}}}","generateName":"{{{{ServiceName(ServiceOf(i))}}}}-7d4b9c6f5-","namespace":"{{{{PodNamespace(i)}}}}","uid":"{{{{Uid(i)}}}}","creationTimestamp":"2026-11-27T07:00:00Z","labels":{"app":"{{{{ServiceName(ServiceOf(i))}}}}","pod-template-hash":"7d4b9c6f5","tier":"{{{{(ServiceOf(i) % 10 == 0 ? "front" : "back")}}}}"},
        "ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"{{{{ServiceName(ServiceOf(i))}}}}-7d4b9c6f5","uid":"rs-{{{{ServiceOf(i)}}}}","controller":true,"blockOwnerDeletion":true}],"{{{{Managed}}}}},
        "spec":{"nodeName":"node-{{{{i % Nodes}}}}","serviceAccountName":"default","serviceAccount":"default","restartPolicy":"Always","terminationGracePeriodSeconds":30,"dnsPolicy":"ClusterFirst","schedulerName":"default-scheduler","priority":0,"enableServiceLinks":true,"preemptionPolicy":"PreemptLowerPriority","securityContext":{},
        "volumes":[{"name":"kube-api-access-x","projected":{"defaultMode":420,"sources":[{"serviceAccountToken":{"expirationSeconds":3607,"path":"token"}},{"configMap":{"name":"kube-root-ca.crt","items":[{"key":"ca.crt","path":"ca.crt"}]}}]}}],
        "containers":[{"name":"web","image":"registry.example/team/web:1.2.3","imagePullPolicy":"IfNotPresent","ports":[{"containerPort":8080,"protocol":"TCP"}],"resources":{"requests":{"cpu":"100m","memory":"128Mi"}},"env":[{"name":"A","value":"b"}],"volumeMounts":[{"name":"kube-api-access-x","readOnly":true,"mountPath":"/var/run/secrets/kubernetes.io/serviceaccount"}],"terminationMessagePath":"/dev/termination-log","terminationMessagePolicy":"File"}],
        "tolerations":[{"key":"node.kubernetes.io/not-ready","operator":"Exists","effect":"NoExecute","tolerationSeconds":300},{"key":"node.kubernetes.io/unreachable","operator":"Exists","effect":"NoExecute","tolerationSeconds":300}]},
        "status":{"phase":"Running","hostIP":"{{{{NodeAddress(i % Nodes)}}}}","podIP":"{{{{PodAddress(i)}}}}","podIPs":[{"ip":"{{{{PodAddress(i)}}}}"}],"startTime":"2026-11-27T07:00:00Z","qosClass":"Burstable",
        "conditions":[{"type":"Initialized","status":"True","lastTransitionTime":"2026-11-27T07:00:00Z"},{"type":"Ready","status":"{{{{(ready ? "True" : "False")}}}}","lastTransitionTime":"2026-11-27T07:00:00Z"},{"type":"PodScheduled","status":"True","lastTransitionTime":"2026-11-27T07:00:00Z"}],
        "containerStatuses":[{"name":"web","image":"registry.example/team/web:1.2.3","imageID":"registry.example/team/web@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef","containerID":"containerd://0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef","ready":{{{{(ready ? "true" : "false")}}}},"restartCount":0,"started":true,"state":{"running":{"startedAt":"2026-11-27T07:00:00Z"}}}]}}
        """;

    private string Service(int i) =>
        $$$$"""{"apiVersion":"v1","kind":"Service","metadata":{"name":"{{{{ServiceName(i)}}}}","namespace":"{{{{NamespaceOf(i)}}}}","uid":"service-{{{{i}}}}","creationTimestamp":"2026-11-27T07:00:00Z","labels":{"app":"{{{{ServiceName(i)}}}}"}},"spec":{"type":"ClusterIP","clusterIP":"10.96.{{{{i / 250}}}}.{{{{1 + i % 250}}}}","clusterIPs":["10.96.{{{{i / 250}}}}.{{{{1 + i % 250}}}}"],"ipFamilies":["IPv4"],"ipFamilyPolicy":"SingleStack","internalTrafficPolicy":"Cluster","sessionAffinity":"None","selector":{"app":"{{{{ServiceName(i)}}}}"},"ports":[{"port":80,"protocol":"TCP","targetPort":8080}]},"status":{"loadBalancer":{}}}""";

    private static string Namespace(int i) => $$$"""{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"shop-{{{i}}}","uid":"ns-{{{i}}}","creationTimestamp":"2026-11-27T07:00:00Z","labels":{"kubernetes.io/metadata.name":"shop-{{{i}}}","team":"{{{(i < 5 ? "front" : "back")}}}"}},"spec":{"finalizers":["kubernetes"]},"status":{"phase":"Active"}}""";

    private int ServiceOf(int pod) => pod % Services;

    private IEnumerable<int> PodsOf(int service)
    {
        for (var i = service; i < Pods; i += Services)
            yield return i;
    }

    /// <summary>Each node's range in turn.</summary>
    private string PodAddress(int pod) => $"10.{pod % Nodes / 256}.{pod % Nodes % 256}.{2 + pod / Nodes}";

    private static string Uid(int pod) => $"{pod:x8}-0000-4000-8000-000000000000";
}
