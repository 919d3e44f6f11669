using System.Collections.Immutable;
using System.Net;
using Vitrine.Model.Explain.Gateway;
using Vitrine.Model.Plans.Gateway;
using Vitrine.Model.Plans.Gateway.Matching;
using Vitrine.Model.Snapshot;
using Xunit;

namespace Vitrine.Unit.Model.Explain;

/// <summary>Who is blamed for a request that fails, also where a rule for every host stands beside.</summary>
public sealed class RequestWalkTests
{
    private static readonly Ingress Fanout = Of("fanout", "", "/shop");

    [Fact]
    public void A_typo_in_a_host_is_found_beside_a_rule_for_every_host()
    {
        var told = Ask("http", "shpo.example", Fanout, Of("shop", "shop.example", "/"));
        Assert.Equal((RequestVerdict.NoRule, "ingress/default/shop"), (told.Verdict, told.Culprit));
        Assert.Contains("shop.example", told.Fix, StringComparison.Ordinal);
        Assert.Contains("/spec/rules/0/host", told.Command, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http", RequestVerdict.NoRule)]
    [InlineData("https", RequestVerdict.NoCertificate)]
    public void A_class_of_nobody_is_found_beside_a_rule_for_every_host(string scheme, RequestVerdict verdict)
    {
        var told = Ask(scheme, "shop.example", Fanout, Of("shop", "shop.example", "/") with { ClassName = "nginx" });
        Assert.Equal((verdict, "ingress/default/shop"), (told.Verdict, told.Culprit));
        Assert.Contains("no IngressClass nginx", told.Why, StringComparison.Ordinal);
        Assert.Contains("\"ingressClassName\":\"vitrine\"", told.Command, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_name_that_is_like_it_the_rule_for_every_host_is_told()
    {
        var told = Ask("http", "entirely.different.test", Fanout, Of("shop", "shop.example", "/"));
        Assert.Equal((RequestVerdict.NoRule, "ingress/default/fanout"), (told.Verdict, told.Culprit));
    }

    private static RequestExplanation Ask(string scheme, string host, params Ingress[] ingresses)
    {
        var snapshot = ClusterSnapshot.Empty with
        {
            Ingresses = ingresses.ToImmutableDictionary(i => i.Key),
            IngressClasses = ImmutableDictionary<string, IngressClass>.Empty.Add("vitrine", new IngressClass("vitrine", GatewayCompiler.IngressController)),
            Services = ImmutableDictionary<string, Service>.Empty.Add("default/web", new Service { Namespace = "default", Name = "web", Uid = "1", ClusterIPs = [IPAddress.Parse("10.96.0.9")], Ports = [new ServicePort("", "TCP", 80, "80", 0)] }),
        };
        Assert.True(RequestPath.TryParse("/", out var path, out _));
        var secure = scheme == "https";
        return RequestWalk.Explain(snapshot, GatewayIndex.Compile(new GatewayCompiler().Compile(snapshot)), secure ? IngressService.Secure : IngressService.Plain,
            new AskedRequest("GET", secure, host, secure ? 443 : 80, path, ImmutableDictionary<string, string>.Empty), null);
    }

    private static Ingress Of(string name, string host, string path) => new()
    {
        Namespace = "default", Name = name, Uid = name, ClassName = "vitrine", Rules = [new IngressRule(host, [new IngressPath(path, "Prefix", new IngressBackend("web", "", 80))])],
    };
}
