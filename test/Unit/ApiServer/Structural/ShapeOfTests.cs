using Vitrine.ApiServer.Schema;
using Vitrine.ApiServer.Structural;
using Xunit;

namespace Vitrine.Unit.ApiServer.Structural;

public class ShapeOfTests
{
    [Fact]
    public void A_schema_has_the_shape_that_managers_share()
    {
        var type = ShapeOf.Root(SchemaText.Schema("{'type':'object','properties':{'set':{'type':'array','x-kubernetes-list-type':'set','items':{'type':'string'}},'map':{'type':'array','x-kubernetes-list-type':'map','x-kubernetes-list-map-keys':['q','n'],'items':{'type':'object','properties':{'n':{'type':'string'},'q':{'type':'string','default':'TCP'}}}},"
            + "'list':{'type':'array','items':{'type':'integer'}},'whole':{'type':'object','x-kubernetes-map-type':'atomic','additionalProperties':{'type':'string'}},'any':{'type':'object','x-kubernetes-preserve-unknown-fields':true},'port':{'x-kubernetes-int-or-string':true},"
            + "'part':{'type':'object','x-kubernetes-preserve-unknown-fields':true,'properties':{'a':{'type':'string'}}}}}"), "Widget").Object!;
        FieldShape Of(string field) => type.Fields[field].Shape;
        Assert.Equal((ValueKind.Array, Topology.Set, ValueKind.String), (Of("set").Kind, Of("set").Topology, Of("set").Item!.Kind));
        Assert.Equal((Topology.Map, "n,q=\"TCP\""), (Of("map").Topology, string.Join(',', Of("map").Keys.Select(static key => key.Default is null ? key.Name : $"{key.Name}={key.Default.ToJsonString()}"))));
        Assert.True(Of("list").IsAtomic);
        Assert.True(Of("whole").IsAtomic);
        Assert.Equal((ValueKind.Any, ValueKind.IntOrString), (Of("any").Kind, Of("port").Kind));
        Assert.True(Of("part").Object!.IsOpen);
        Assert.Equal("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta", Of("metadata").TypeName);
    }
}
