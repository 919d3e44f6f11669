using Vitrine.ApiServer.Kinds;
using Vitrine.Unit.ApiServer.Kinds;
using Xunit;

namespace Vitrine.Unit.ApiServer.Validation;

public class IngressRulesTests
{
    private const string Backend = "backend: {service: {name: a, port: {number: 80}}}";

    [Theory]
    [InlineData("{}", "spec: Invalid value: null: either `defaultBackend` or `rules` must be specified")]
    [InlineData("{defaultBackend: {}}", "spec.defaultBackend: Invalid value: \"\": resource or service backend is required")]
    [InlineData("{defaultBackend: {service: {name: a, port: {}}}}", "spec.defaultBackend: Required value: port name or number is required")]
    [InlineData("{defaultBackend: {service: {name: a, port: {name: web, number: 80}}}}", "spec.defaultBackend: Invalid value: \"\": cannot set both port name & port number")]
    [InlineData("{defaultBackend: {service: {name: a, port: {number: 70000}}}}", "spec.defaultBackend.service.port.number: Invalid value: 70000: must be between 1 and 65535, inclusive")]
    [InlineData("{defaultBackend: {service: {name: a, port: {number: 1}}, resource: {kind: B, name: b}}}", "spec.defaultBackend: Invalid value: \"\": cannot set both resource and service backends")]
    [InlineData("{defaultBackend: {resource: {name: b}}}", "spec.defaultBackend.resource.kind: Required value")]
    [InlineData("{rules: [{host: 10.0.0.1}]}", "spec.rules[0].host: Invalid value: \"10.0.0.1\": must be a DNS name, not an IP address")]
    [InlineData("{rules: [{http: {}}]}", "spec.rules[0].http.paths: Required value")]
    [InlineData("{rules: [{http: {paths: [{path: /, " + Backend + "}]}}]}", "spec.rules[0].http.paths[0].pathType: Required value: pathType must be specified")]
    [InlineData("{rules: [{http: {paths: [{path: /, pathType: Other, " + Backend + "}]}}]}", "spec.rules[0].http.paths[0].pathType: Unsupported value: \"Other\": supported values: \"Exact\", \"ImplementationSpecific\", \"Prefix\"")]
    [InlineData("{rules: [{http: {paths: [{path: a, pathType: Prefix, " + Backend + "}]}}]}", "spec.rules[0].http.paths[0].path: Invalid value: \"a\": must be an absolute path")]
    [InlineData("{rules: [{http: {paths: [{path: /a//b, pathType: Exact, " + Backend + "}]}}]}", "spec.rules[0].http.paths[0].path: Invalid value: \"/a//b\": must not contain '//'")]
    [InlineData("{rules: [{http: {paths: [{path: /a/.., pathType: Exact, " + Backend + "}]}}]}", "spec.rules[0].http.paths[0].path: Invalid value: \"/a/..\": cannot end with '/..'")]
    [InlineData("{rules: [{http: {paths: [{pathType: Exact, " + Backend + "}]}}]}", "spec.rules[0].http.paths[0].path: Invalid value: \"\": must be an absolute path")]
    public void An_Ingress_is_refused_in_upstreams_words(string spec, string fault) =>
        Assert.Equal([fault], Sample.Faults(NetworkingKinds.Ingress, Sample.Defaulted(NetworkingKinds.Ingress, $"{{metadata: {{name: a, namespace: default}}, spec: {spec}}}")));

    [Theory]
    [InlineData("*.foo.com", true)]
    [InlineData("foo.com", true)]
    [InlineData("*", false)]
    [InlineData("foo.*.com", false)]
    [InlineData("*.foo.*", false)]
    [InlineData("Foo.com", false)]
    public void A_host_is_a_name_or_a_wildcard_of_the_first_label(string host, bool valid) =>
        Assert.Equal(valid, Sample.Faults(NetworkingKinds.Ingress, Sample.Defaulted(NetworkingKinds.Ingress,
            $"{{metadata: {{name: a, namespace: default}}, spec: {{tls: [{{hosts: ['{host}']}}], rules: [{{host: '{host}', http: {{paths: [{{pathType: ImplementationSpecific, {Backend}}}]}}}}]}}}}")).Count() == 0);

    [Theory]
    [InlineData("{}", "spec.controller: Required value")]
    [InlineData("{controller: foo}", "spec.controller: Invalid value: \"foo\": must be a domain-prefixed path (such as \"acme.io/foo\")")]
    [InlineData("{controller: a.io/b, parameters: {kind: K, name: p, scope: Namespace}}", "spec.parameters.namespace: Required value: `parameters.scope` is set to 'Namespace'")]
    [InlineData("{controller: a.io/b, parameters: {kind: K, name: p, namespace: x}}", "spec.parameters.namespace: Forbidden: `parameters.scope` is set to 'Cluster'")]
    public void A_class_is_refused_in_upstreams_words(string spec, string fault) =>
        Assert.Equal([fault], Sample.Faults(NetworkingKinds.IngressClass, Sample.Defaulted(NetworkingKinds.IngressClass, $"{{metadata: {{name: a}}, spec: {spec}}}")));
}
