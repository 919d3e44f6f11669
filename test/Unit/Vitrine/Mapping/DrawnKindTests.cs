using Vitrine.ApiServer.Kinds;
using Vitrine.Mapping;
using Xunit;

namespace Vitrine.Unit.Mapping;

/// <summary>The map asks for kinds as the API server serves them.</summary>
public sealed class DrawnKindTests
{
    [Fact]
    public void Every_drawn_kind_is_served_as_it_is_asked_for() => Assert.All(DrawnKind.All, drawn =>
    {
        var served = Assert.Single(KindList.All, k => k.Name == drawn.Kind && $"{(k.Group.Length == 0 ? "" : $"{k.Group}/")}{k.Version}" == drawn.ApiVersion);
        Assert.Equal((served.Plural, served.Namespaced), (drawn.Plural, drawn.Namespaced));
    });

    [Fact]
    public void No_Secret_is_ever_asked_for() => Assert.DoesNotContain(DrawnKind.All, k => k.Kind == "Secret");

    [Theory]
    [InlineData("Pod", "api/v1/namespaces/a/pods/b")]
    [InlineData("Node", "api/v1/nodes/b")]
    [InlineData("Ingress", "apis/networking.k8s.io/v1/namespaces/a/ingresses/b")]
    [InlineData("GatewayClass", "apis/gateway.networking.k8s.io/v1/gatewayclasses/b")]
    public void An_object_has_the_path_of_its_kind(string kind, string path) => Assert.Equal(path, DrawnKind.All.Single(k => k.Kind == kind).PathOf("a", "b"));

    [Fact]
    public void A_name_cannot_lead_elsewhere() => Assert.Equal("api/v1/namespaces/..%2F..%2Fsecrets/pods/a%3Fb", DrawnKind.All.Single(k => k.Kind == "Pod").PathOf("../../secrets", "a?b"));
}
