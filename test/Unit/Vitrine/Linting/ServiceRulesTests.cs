using Xunit;
using static Vitrine.Unit.Linting.Twin;

namespace Vitrine.Unit.Linting;

public sealed class ServiceRulesTests
{
    [Fact]
    public void A_selector_typo_is_an_error_with_the_nearest_labels()
    {
        var found = Breaks(Web, "spec: {selector: {app: web}", "spec: {selector: {app: wbe}", "error", "selects-nothing", "service/default/web", "spec.selector", "app=web");
        Assert.Equal(17, found.Line);
        Assert.Contains("deployment/default/web", found.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void A_Service_alone_may_be_for_pods_of_the_cluster() =>
        Assert.Equal("warning", Assert.Single(Lint("apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: web}, ports: [{port: 80}]}")).Severity);

    [Fact]
    public void A_Deployment_scaled_to_nothing_is_a_warning() =>
        Breaks(Web, "  selector: {matchLabels", "  replicas: 0\n  selector: {matchLabels", "warning", "selects-nothing", "service/default/web", "spec.selector", "scale it up");

    [Fact]
    public void A_named_targetPort_that_no_container_has() =>
        Breaks(Web, "{name: http, port: 80}]", "{name: http, port: 80, targetPort: htpp}]", "error", "target-port-unknown", "service/default/web", "spec.ports[0].targetPort", "\"http\"");

    [Fact]
    public void A_targetPort_that_no_container_declares() =>
        Breaks(Web, "{name: http, port: 80}]", "{name: http, port: 80, targetPort: 81}]", "warning", "target-port-undeclared", "service/default/web", "spec.ports[0].targetPort", "to 80");

    [Fact]
    public void Of_pods_that_declare_no_port_nothing_is_said() => Assert.Empty(Lint(Web.Replace("        ports: [{name: http, containerPort: 80}]\n", "", StringComparison.Ordinal)));

    [Fact]
    public void Pods_that_can_never_be_ready()
    {
        var broken = Web.Replace("ports: [{name: http, containerPort: 80}]", "ports: [{name: http, containerPort: 80}]\n        readinessProbe: {httpGet: {port: htpp}}", StringComparison.Ordinal);
        Assert.Equal(["probe-port-unknown", "none-ready"], Lint(broken).Select(f => f.Rule));
        Assert.All(Lint(broken), f => Assert.Equal("error", f.Severity));
        Assert.Empty(Lint(broken.Replace("htpp", "http", StringComparison.Ordinal)));
    }

    [Fact]
    public void No_selector_and_nobody_who_names_endpoints()
    {
        const string Slice = "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: web-1, labels: {kubernetes.io/service-name: web}}\naddressType: IPv4\nports: [{port: 80}]\nendpoints: [{addresses: [192.0.2.1]}]\n---\n";
        Breaks(Slice + "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {ports: [{port: 80}]}", "service-name: web", "service-name: other", "warning", "no-endpoints", "service/default/web", "spec.selector", "EndpointSlice");
    }

    [Fact]
    public void Hand_made_Endpoints_are_endpoints() =>
        Assert.Empty(Lint("apiVersion: v1\nkind: Endpoints\nmetadata: {name: web}\nsubsets: [{addresses: [{ip: 192.0.2.1}], ports: [{port: 80}]}]\n---\napiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {ports: [{port: 80}]}"));

    [Fact]
    public void An_address_that_no_pool_has() =>
        Breaks(Web.Replace("spec: {selector: {app: web}", "spec: {type: LoadBalancer, selector: {app: web}", StringComparison.Ordinal), "selector: {app: web}, ports", "loadBalancerIP: 192.0.2.7, selector: {app: web}, ports",
            "warning", "no-address", "service/default/web", "spec.type", "what it asks for");

    [Fact]
    public void A_headless_Service_translates_no_ports() =>
        Breaks(Web.Replace("spec: {selector: {app: web}", "spec: {clusterIP: None, selector: {app: web}", StringComparison.Ordinal), "{name: http, port: 80}]", "{name: http, port: 8080, targetPort: 80}]",
            "warning", "headless-port", "service/default/web", "spec.ports[0].targetPort", "port to 80");

    [Fact]
    public void A_headless_Service_keeps_nobody_with_a_pod() =>
        Breaks(Web.Replace("spec: {selector: {app: web}", "spec: {clusterIP: None, selector: {app: web}", StringComparison.Ordinal), "clusterIP: None", "clusterIP: None, sessionAffinity: ClientIP",
            "warning", "headless-affinity", "service/default/web", "spec.sessionAffinity", "take");

    [Fact]
    public void An_ExternalName_is_no_address() =>
        Breaks("apiVersion: v1\nkind: Service\nmetadata: {name: out}\nspec: {type: ExternalName, externalName: db.example.com}", "db.example.com", "192.0.2.1", "error", "external-name-address", "service/default/out", "spec.externalName", "EndpointSlice");

    [Fact]
    public void An_ExternalName_selects_nobody() =>
        Breaks("apiVersion: v1\nkind: Service\nmetadata: {name: out}\nspec: {type: ExternalName, externalName: db.example.com}", "db.example.com", "db.example.com, selector: {a: b}", "warning", "external-name-selector", "service/default/out", "spec.selector", "take");

    [Fact]
    public void An_ExternalName_inside_the_cluster_that_is_no_Service() =>
        Breaks(Web + "apiVersion: v1\nkind: Service\nmetadata: {name: out}\nspec: {type: ExternalName, externalName: web.default.svc.cluster.local}", "web.default.svc", "wbe.default.svc", "warning", "external-name-unknown", "service/default/out", "spec.externalName", "correct");

    [Fact]
    public void A_StatefulSet_needs_its_headless_Service()
    {
        const string Set = "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: db}\nspec:\n  serviceName: db\n  selector: {matchLabels: {app: db}}\n  template:\n    metadata: {labels: {app: db}}\n    spec: {containers: [{name: c, image: redis}]}\n---\n"
            + "apiVersion: v1\nkind: Service\nmetadata: {name: db}\nspec: {clusterIP: None, selector: {app: db}, ports: [{port: 6379}]}";
        Breaks(Set, "serviceName: db", "serviceName: bd", "warning", "governing-service", "statefulset/default/db", "spec.serviceName", "clusterIP: None");
        Breaks(Set, "clusterIP: None, ", "", "warning", "governing-service", "statefulset/default/db", "spec.serviceName", "clusterIP: None");
        Breaks(Set, "  serviceName", "  volumeClaimTemplates: [{metadata: {name: v}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}]\n  serviceName", "warning", "no-volumes", "statefulset/default/db", "spec.volumeClaimTemplates", "emptyDir");
    }
}
