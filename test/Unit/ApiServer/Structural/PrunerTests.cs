using Vitrine.ApiServer.Structural;
using Xunit;

namespace Vitrine.Unit.ApiServer.Structural;

public class PrunerTests
{
    [Theory]
    [InlineData("{'type':'object','properties':{'spec':{'type':'object','properties':{'a':{'type':'string'}}}}}", "{'kind':'X','metadata':{'z':1},'spec':{'a':'1','b':2},'c':3}", "{'kind':'X','metadata':{'z':1},'spec':{'a':'1'}}", "spec.b,c")]
    [InlineData("{'type':'object','properties':{'l':{'type':'array','items':{'type':'object','properties':{'a':{'type':'string'}}}}}}", "{'l':[{'a':'1','b':2},{'c':1}]}", "{'l':[{'a':'1'},{}]}", "l[0].b,l[1].c")]
    [InlineData("{'type':'object','x-kubernetes-preserve-unknown-fields':true,'properties':{'a':{'type':'object','properties':{'b':{'type':'string'}}}}}", "{'x':{'y':1},'a':{'b':'1','c':2}}", "{'x':{'y':1},'a':{'b':'1'}}", "a.c")]
    [InlineData("{'type':'object','properties':{'m':{'type':'object','additionalProperties':{'type':'object','properties':{'a':{'type':'string'}}}}}}", "{'m':{'k':{'a':'1','b':2}}}", "{'m':{'k':{'a':'1'}}}", "m.k.b")]
    [InlineData("{'type':'object','properties':{'m':{'type':'object','additionalProperties':true}}}", "{'m':{'k':{'a':{'b':2}}}}", "{'m':{'k':{'a':{'b':2}}}}", "")]
    [InlineData("{'type':'object','properties':{'e':{'type':'object','x-kubernetes-embedded-resource':true,'properties':{'spec':{'type':'object','x-kubernetes-preserve-unknown-fields':true}}}}}", "{'e':{'apiVersion':'v1','kind':'Pod','metadata':{'name':'a'},'spec':{'x':1},'y':1}}", "{'e':{'apiVersion':'v1','kind':'Pod','metadata':{'name':'a'},'spec':{'x':1}}}", "e.y")]
    public void Only_what_the_schema_has_is_kept(string schema, string value, string kept, string gone)
    {
        var pruned = SchemaText.Json(value);
        var unknown = new List<string>();
        Pruner.Prune(pruned, SchemaText.Schema(schema), unknown);
        Assert.Equal(SchemaText.Json(kept)!.ToJsonString(), pruned!.ToJsonString());
        Assert.Equal(gone, string.Join(',', unknown));
    }
}
