using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Xunit;
using static Vitrine.Unit.Linting.Twin;

namespace Vitrine.Unit.Linting;

public sealed class RouteRulesTests
{
    private const string Ingress = Web + """
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: shop}
        spec:
          ingressClassName: vitrine
          rules:
          - host: shop.example
            http:
              paths:
              - {path: /cart, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
              - {path: /pay, pathType: Exact, backend: {service: {name: web, port: {name: http}}}}

        """;

    private const string Gateway = Web + """
        apiVersion: gateway.networking.k8s.io/v1
        kind: Gateway
        metadata: {name: door}
        spec:
          gatewayClassName: vitrine
          listeners: [{name: http, port: 80, protocol: HTTP, hostname: "*.example"}]
        ---
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: shop}
        spec:
          parentRefs: [{name: door, sectionName: http}]
          hostnames: [shop.example]
          rules: [{backendRefs: [{name: web, port: 80}]}]

        """;

    [Theory]
    [InlineData("  ingressClassName: vitrine\n", "", "error", "no-ingress-class", "spec.ingressClassName", "to vitrine")]
    [InlineData("ingressClassName: vitrine", "ingressClassName: nginx", "warning", "ingress-class-not-found", "spec.ingressClassName", "to vitrine")]
    [InlineData("{name: web, port: {number: 80}", "{name: wbe, port: {number: 80}", "error", "backend-not-found", "spec.rules[0].http.paths[0].backend.service.name", "write web")]
    [InlineData("number: 80", "number: 81", "error", "backend-not-found", "spec.rules[0].http.paths[0].backend.service.port", "write port 80")]
    [InlineData("port: {name: http}", "port: {name: htpp}", "error", "backend-not-found", "spec.rules[0].http.paths[1].backend.service.port", "write port 80")]
    [InlineData("path: /pay, pathType: Exact", "path: /cart, pathType: Prefix", "error", "conflicted", "spec.rules[0].http.paths[1]", "correct")]
    [InlineData("metadata: {name: shop}", "metadata: {name: shop, annotations: {nginx.ingress.kubernetes.io/configuration-snippet: x}}", "warning", "unsupported-annotation", "metadata.annotations[nginx.ingress.kubernetes.io/configuration-snippet]", "take")]
    [InlineData("metadata: {name: shop}", "metadata: {name: shop, annotations: {nginx.ingress.kubernetes.io/ssl-redirect: 'maybe'}}", "error", "invalid-annotation", "metadata.annotations[nginx.ingress.kubernetes.io/ssl-redirect]", "correct")]
    [InlineData("  rules:", "  tls: [{hosts: [shop.example], secretName: shown}]\n  rules:", "warning", "invalid-certificate-ref", "spec.tls[0].secretName", "kubernetes.io/tls")]
    [InlineData("path: /cart,", "path: '/cart/.*',", "warning", "path-is-no-pattern", "spec.rules[0].http.paths[0].path", "use-regex")]
    [InlineData("path: /pay,", "path: /pay/,", "warning", "path-exact-slash", "spec.rules[0].http.paths[1].path", "Prefix")]
    public void Ingresses(string good, string bad, string severity, string rule, string field, string fix) => Breaks(Ingress, good, bad, severity, rule, "ingress/default/shop", field, fix);

    [Fact]
    public void A_backend_is_looked_for_under_any_class() =>
        Assert.Equal(["backend-not-found", "ingress-class-not-found"], Lint(Ingress.Replace("ingressClassName: vitrine", "ingressClassName: nginx", StringComparison.Ordinal).Replace("{name: web, port: {number: 80}", "{name: wbe, port: {number: 80}", StringComparison.Ordinal)).Select(f => f.Rule).Order());

    [Fact]
    public void A_default_class_of_the_files_is_taken() =>
        Assert.Empty(Lint("apiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata: {name: ours, annotations: {ingressclass.kubernetes.io/is-default-class: 'true'}}\nspec: {controller: vitrine.dev/ingress}\n---\n" + Ingress.Replace("  ingressClassName: vitrine\n", "", StringComparison.Ordinal)));

    [Fact]
    public void A_backend_in_a_namespace_without_Services_may_be_in_the_cluster()
    {
        var found = Assert.Single(Lint(Ingress.Replace("metadata: {name: shop}", "metadata: {name: shop, namespace: other}", StringComparison.Ordinal)), f => f.Field.StartsWith("spec.rules[0].http.paths[0]", StringComparison.Ordinal));
        Assert.Equal(("warning", "backend-not-found"), (found.Severity, found.Rule));
    }

    [Fact]
    public void Only_the_root_itself()
    {
        const string Root = Web + "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: shop}\nspec:\n  ingressClassName: vitrine\n  rules:\n  - http:\n      paths:\n      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}\n";
        Breaks(Root, "pathType: Prefix", "pathType: Exact", "warning", "path-exact-root", "ingress/default/shop", "spec.rules[0].http.paths[0].pathType", "Prefix");
    }

    [Fact]
    public void A_rewrite_needs_a_group()
    {
        var good = Ingress.Replace("metadata: {name: shop}", "metadata: {name: shop, annotations: {nginx.ingress.kubernetes.io/rewrite-target: /$1}}", StringComparison.Ordinal).Replace("path: /cart", "path: /cart/(.*)", StringComparison.Ordinal).Replace("path: /pay, pathType: Exact", "path: /pay/(.*), pathType: ImplementationSpecific", StringComparison.Ordinal)
            .Replace("pathType: Prefix", "pathType: ImplementationSpecific", StringComparison.Ordinal);
        Breaks(good, "path: /pay/(.*)", "path: /pay", "warning", "rewrite-without-group", "ingress/default/shop", "spec.rules[0].http.paths[1].path", "group");
        Breaks(Ingress, "metadata: {name: shop}\nspec:\n  ingressClassName: vitrine", "metadata: {name: shop, annotations: {nginx.ingress.kubernetes.io/rewrite-target: /}}\nspec:\n  ingressClassName: vitrine",
            "warning", "rewrite-of-all", "ingress/default/shop", "spec.rules[0].http.paths[0].path", "$2");
    }

    [Fact]
    public void A_certificate_that_is_for_another_name()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=shop", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("shop.example");
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        var secret = $"---\napiVersion: v1\nkind: Secret\ntype: kubernetes.io/tls\nmetadata: {{name: shown}}\ndata: {{tls.crt: {Base64(certificate.ExportCertificatePem())}, tls.key: {Base64(key.ExportPkcs8PrivateKeyPem())}}}\n";
        var good = Ingress.Replace("  rules:", "  tls: [{hosts: [shop.example], secretName: shown}]\n  rules:", StringComparison.Ordinal) + secret;
        Breaks(good, "hosts: [shop.example]", "hosts: [shop.example, pay.example]", "error", "invalid-certificate-ref", "ingress/default/shop", "spec.tls[0].secretName", "correct");
        Breaks(good, "type: kubernetes.io/tls\nmetadata: {name: shown}\ndata: {tls.crt", "type: Opaque\nmetadata: {name: shown}\ndata: {crt", "error", "invalid-certificate-ref", "ingress/default/shop", "spec.tls[0].secretName", "kubernetes.io/tls");

        static string Base64(string pem) => Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(pem));
    }

    [Theory]
    [InlineData("gatewayClassName: vitrine", "gatewayClassName: other", "warning", "gateway-class-not-found", "gateway/default/door", "spec.gatewayClassName", "vitrine")]
    [InlineData("parentRefs: [{name: door,", "parentRefs: [{name: dor,", "error", "parent-not-found", "httproute/default/shop", "spec.parentRefs[0].name", "write door")]
    [InlineData("parentRefs: [{name: door,", "parentRefs: [{name: door, namespace: infra,", "warning", "parent-not-found", "httproute/default/shop", "spec.parentRefs[0].name", "make the Gateway")]
    [InlineData("sectionName: http", "sectionName: htpp", "error", "no-matching-parent", "httproute/default/shop", "spec.parentRefs", "correct")]
    [InlineData("sectionName: http", "port: 81", "error", "no-matching-parent", "httproute/default/shop", "spec.parentRefs", "correct")]
    [InlineData("hostnames: [shop.example]", "hostnames: [shop.test]", "error", "no-matching-listener-hostname", "httproute/default/shop", "spec.parentRefs", "correct")]
    [InlineData("hostname: \"*.example\"", "hostname: \"*.example\", allowedRoutes: {namespaces: {from: None}}", "error", "not-allowed-by-listeners", "httproute/default/shop", "spec.parentRefs", "correct")]
    [InlineData("backendRefs: [{name: web,", "backendRefs: [{name: wbe,", "error", "backend-not-found", "httproute/default/shop", "spec.rules[0].backendRefs[0]", "write web")]
    [InlineData("{name: web, port: 80}]}]", "{name: web, port: 81}]}]", "error", "backend-not-found", "httproute/default/shop", "spec.rules[0].backendRefs[0]", "write port 80")]
    [InlineData("protocol: HTTP, hostname: \"*.example\"", "protocol: TCP", "error", "unsupported-protocol", "gateway/default/door", "spec.listeners[0]", "correct")]
    public void Gateways(string good, string bad, string severity, string rule, string about, string field, string fix)
    {
        Assert.Empty(Lint(Gateway));
        var found = Lint(Gateway.Replace(good, bad, StringComparison.Ordinal)).First(f => f.Rule == rule);
        Assert.Equal((severity, about, field), (found.Severity, found.Object, found.Field));
        Assert.Contains(fix, found.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void A_ReferenceGrant_that_is_missing()
    {
        const string Far = "apiVersion: v1\nkind: Service\nmetadata: {name: far, namespace: back}\nspec: {ports: [{port: 80}], externalName: far.example, type: ExternalName}\n---\n"
            + "apiVersion: v1\nkind: Service\nmetadata: {name: near, namespace: back}\nspec: {selector: {app: near}, ports: [{port: 80}]}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: near, namespace: back, labels: {app: near}}\nspec: {containers: [{name: c, image: nginx}]}\n---\n"
            + "apiVersion: gateway.networking.k8s.io/v1beta1\nkind: ReferenceGrant\nmetadata: {name: let, namespace: back}\nspec:\n  from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: default}]\n  to: [{group: \"\", kind: Service}]\n---\n";
        Breaks(Far + Gateway.Replace("backendRefs: [{name: web,", "backendRefs: [{name: near, namespace: back,", StringComparison.Ordinal), "namespace: default}]", "namespace: other}]", "error", "ref-not-permitted", "httproute/default/shop", "spec.rules[0].backendRefs[0]", "ReferenceGrant");
    }
}
