using Vitrine.ApiServer.Kinds;
using Vitrine.Unit.ApiServer.Kinds;
using Xunit;

namespace Vitrine.Unit.ApiServer.Validation;

public class GatewayRulesTests
{
    [Theory]
    [InlineData("listeners: []", "spec.listeners: Invalid value: 0: must have between 1 and 64 items")]
    [InlineData("listeners: [{name: a, port: 0, protocol: HTTP}]", "spec.listeners[0].port: Invalid value: 0: must be between 1 and 65535, inclusive")]
    [InlineData("listeners: [{name: a, port: 80, protocol: HTTP}, {name: a, port: 81, protocol: HTTP}]", "spec.listeners: Invalid value: \"a\": Listener name must be unique within the Gateway")]
    [InlineData("listeners: [{name: a, port: 80, protocol: HTTP}, {name: b, port: 80, protocol: HTTP}]", "spec.listeners: Invalid value: \"b\": Combination of port, protocol and hostname must be unique for each listener")]
    [InlineData("listeners: [{name: a, port: 80, protocol: HTTP, tls: {certificateRefs: [{name: s}]}}]", "spec.listeners[0]: Invalid value: \"HTTP\": tls must not be specified for protocols ['HTTP', 'TCP', 'UDP']")]
    [InlineData("listeners: [{name: a, port: 443, protocol: HTTPS, tls: {}}]", "spec.listeners[0].tls: Invalid value: \"Terminate\": certificateRefs or options must be specified when mode is Terminate")]
    [InlineData("listeners: [{name: a, port: 443, protocol: HTTPS, tls: {mode: Passthrough}}]", "spec.listeners[0]: Invalid value: \"Passthrough\": tls mode must be Terminate for protocol HTTPS")]
    [InlineData("listeners: [{name: a, port: 80, protocol: HTTP, hostname: 192.0.2.1}]", "spec.listeners[0].hostname: Invalid value: \"192.0.2.1\": must be a DNS name, not an IP address")]
    public void A_Gateway_that_makes_no_sense_is_refused(string spec, string fault) =>
        Assert.Equal([fault], Sample.Faults(GatewayKinds.Gateway, Sample.Defaulted(GatewayKinds.Gateway, $"{{metadata: {{name: a, namespace: default}}, spec: {{gatewayClassName: c, {spec}}}}}")));

    [Theory]
    [InlineData("matches: [{path: {value: a}}]", "spec.rules[0].matches[0].path.value: Invalid value: \"a\": value must be an absolute path and start with '/' when type one of ['Exact', 'PathPrefix']")]
    [InlineData("matches: [{path: {value: /a//b}}]", "spec.rules[0].matches[0].path.value: Invalid value: \"/a//b\": must not contain '//' when type one of ['Exact', 'PathPrefix']")]
    [InlineData("matches: [{method: get}]", "spec.rules[0].matches[0].method: Unsupported value: \"get\": supported values: \"CONNECT\", \"DELETE\", \"GET\", \"HEAD\", \"OPTIONS\", \"PATCH\", \"POST\", \"PUT\", \"TRACE\"")]
    [InlineData("backendRefs: [{name: a}]", "spec.rules[0].backendRefs[0]: Invalid value: \"a\": Must have port for Service reference")]
    [InlineData("backendRefs: [{name: a, port: 80, weight: 1000001}]", "spec.rules[0].backendRefs[0].weight: Invalid value: 1000001: must be between 0 and 1000000, inclusive")]
    [InlineData("filters: [{type: RequestRedirect}]", "spec.rules[0].filters[0]: Invalid value: \"RequestRedirect\": filter.requestRedirect must be specified for RequestRedirect filter.type")]
    [InlineData("filters: [{type: URLRewrite, urlRewrite: {}, cors: {}}]", "spec.rules[0].filters[0]: Invalid value: \"URLRewrite\": filter.cors must be nil if the filter.type is not CORS")]
    [InlineData("filters: [{type: URLRewrite, urlRewrite: {}}, {type: URLRewrite, urlRewrite: {}}]", "spec.rules[0].filters: Invalid value: \"URLRewrite\": URLRewrite filter cannot be repeated")]
    [InlineData("filters: [{type: RequestRedirect, requestRedirect: {}}], backendRefs: [{name: a, port: 80}]", "spec.rules[0]: Invalid value: \"RequestRedirect\": RequestRedirect filter must not be used together with backendRefs")]
    [InlineData("matches: [{path: {type: Exact, value: /}}], filters: [{type: URLRewrite, urlRewrite: {path: {type: ReplacePrefixMatch, replacePrefixMatch: /}}}]", "spec.rules[0].filters[0].urlRewrite.path: Invalid value: \"ReplacePrefixMatch\": When using URLRewrite or RequestRedirect filter with path.replacePrefixMatch, exactly one PathPrefix match must be specified")]
    [InlineData("filters: [{type: RequestHeaderModifier, requestHeaderModifier: {set: [{name: 'a b', value: c}]}}]", "spec.rules[0].filters[0].requestHeaderModifier.set[0].name: Invalid value: \"a b\": must be a token of RFC 9110")]
    [InlineData("timeouts: {request: soon}", "spec.rules[0].timeouts.request: Invalid value: \"soon\": must be a duration such as 10s (regex used for validation is '^([0-9]{1,5}(h|m|s|ms)){1,4}$')")]
    public void A_route_that_makes_no_sense_is_refused(string rule, string fault) =>
        Assert.Equal([fault], Sample.Faults(GatewayKinds.HttpRoute, Sample.Defaulted(GatewayKinds.HttpRoute, $"{{metadata: {{name: a, namespace: default}}, spec: {{rules: [{{{rule}}}]}}}}")));
}
