using Vitrine.ApiServer.Kinds;
using Xunit;

namespace Vitrine.Unit.ApiServer.Kinds;

public class KindCatalogTests
{
    [Fact]
    public void Versions_come_in_the_order_that_clients_prefer() => Assert.Equal(
        ["v10", "v2", "v1", "v11beta2", "v10beta3", "v3beta1", "v12alpha1", "v11alpha2", "foo1", "foo10"],
        ((string[])["foo10", "v11alpha2", "v1", "v10beta3", "v12alpha1", "foo1", "v2", "v3beta1", "v11beta2", "v10"]).OrderBy(VersionPriority.Of));

    [Fact]
    public void Custom_kinds_stand_beside_those_the_server_is_built_with()
    {
        var catalog = new KindCatalog(KindList.All, [Custom("example.com", "v1"), Custom("example.com", "v2beta1"), Custom("example.com", "v2"), Custom(GatewayKinds.Group, "v1alpha2")]);
        Assert.Equal(["v2", "v1", "v2beta1"], catalog.VersionsOf("example.com"));
        Assert.Equal(["v1", "v1beta1", "v1alpha2"], catalog.VersionsOf(GatewayKinds.Group));
        Assert.Equal("Thing", catalog.Find("example.com", "v2", "things")!.Name);
        Assert.Null(catalog.Find("example.com", "v3", "things"));
        Assert.Same(CoreKinds.Pod, catalog.Find("", "v1", "pods"));
        Assert.Contains("example.com", catalog.Groups);
        Assert.Equal(KindList.All.Count + 4, catalog.All.Count);
    }

    private static Kind Custom(string group, string version) => new()
    {
        Group = group, Version = version, Name = "Thing", Plural = "things", Singular = "thing", Namespaced = true, Schema = $"{group}.{version}.Thing",
    };
}
