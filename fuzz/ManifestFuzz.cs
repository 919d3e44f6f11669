using System.Text;
using Vitrine.Linting;
using Vitrine.Manifests;

namespace Vitrine.Fuzz;

/// <summary>A file of manifests, as far as findings: whatever is written, nothing but findings comes of it.</summary>
internal static class ManifestFuzz
{
    public static string[] Seeds { get; } =
    [
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 2\n  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec: {containers: [{name: c, image: nginx, ports: [{name: http, containerPort: 80}], readinessProbe: {httpGet: {port: http}}}]}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: web}, ports: [{port: 80, targetPort: http}]}\n",
        "apiVersion: v1\nkind: List\nitems:\n- apiVersion: networking.k8s.io/v1\n  kind: Ingress\n  metadata: {name: i}\n  spec: {ingressClassName: vitrine, tls: [{secretName: s}], rules: [{host: a.b, http: {paths: [{path: /, pathType: Exact, backend: {service: {name: web, port: {number: 80}}}}]}}]}\n- apiVersion: v1\n  kind: Secret\n  metadata: {name: s}\n  type: kubernetes.io/tls\n  stringData: {tls.crt: x, tls.key: y}\n",
        "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: g}\nspec: {gatewayClassName: vitrine, listeners: [{name: l, port: 80, protocol: HTTP, hostname: '*.a.b'}]}\n---\napiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: r}\nspec: {parentRefs: [{name: g, sectionName: l}], hostnames: [x.a.b], rules: [{backendRefs: [{name: web, namespace: n, port: 80}]}]}\n",
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: n}\nspec: {podSelector: {matchExpressions: [{key: a, operator: In, values: [b]}]}, ingress: [{from: [{podSelector: {}}], ports: [{port: http, protocol: TCP, endPort: 9}]}]}\n---\napiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: s}\nspec: {serviceName: s, replicas: 3, selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: i}]}}}\n---\napiVersion: batch/v1\nkind: CronJob\nmetadata: {name: c}\nspec: {schedule: '0 0 30 2 *', jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: i}]}}}}}\n---\napiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: d}\nspec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {hostNetwork: true, containers: [{name: c, image: i, ports: [{containerPort: 1, hostPort: 1}]}]}}}\n",
    ];

    public static void Parse(byte[] input)
    {
        var cluster = DraftedCluster.Of([.. ManifestFiles.Parse("in.yaml", Encoding.UTF8.GetString(input))], "default", 2);
        foreach (var finding in LintRules.Check(cluster))
            if (finding.Why.Length == 0 || finding.Fix.Length == 0 || finding.Line <= 0)
                throw new InvalidOperationException($"a finding that says nothing: {finding}");
    }
}
