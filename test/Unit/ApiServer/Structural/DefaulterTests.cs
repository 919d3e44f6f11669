using Vitrine.ApiServer.Structural;
using Xunit;

namespace Vitrine.Unit.ApiServer.Structural;

public class DefaulterTests
{
    private const string Schema = "{'type':'object','properties':{'spec':{'type':'object','properties':{'a':{'type':'integer','default':3},'n':{'type':'string','nullable':true,'default':'x'},'q':{'type':'string'},"
        + "'inner':{'type':'object','default':{},'properties':{'b':{'type':'string','default':'deep'}}},'l':{'type':'array','items':{'type':'object','properties':{'p':{'type':'string','default':'TCP'}}}},"
        + "'m':{'type':'object','additionalProperties':{'type':'object','properties':{'v':{'type':'integer','default':1}}}}}}}}";

    [Theory]
    [InlineData("{}", "{}")]
    [InlineData("{'spec':{}}", "{'spec':{'a':3,'inner':{'b':'deep'},'n':'x'}}")]
    [InlineData("{'spec':{'a':4,'n':null,'inner':{'b':'own'}}}", "{'spec':{'a':4,'n':null,'inner':{'b':'own'}}}")]
    [InlineData("{'spec':{'a':null,'n':'y','inner':null}}", "{'spec':{'a':3,'n':'y','inner':{'b':'deep'}}}")]
    [InlineData("{'spec':{'a':1,'n':'y','inner':{},'q':null}}", "{'spec':{'a':1,'n':'y','inner':{'b':'deep'}}}")]
    [InlineData("{'spec':{'a':1,'n':'y','inner':{'b':''},'l':[{},{'p':'UDP'}],'m':{'k':{}}}}", "{'spec':{'a':1,'n':'y','inner':{'b':''},'l':[{'p':'TCP'},{'p':'UDP'}],'m':{'k':{'v':1}}}}")]
    public void What_is_absent_is_filled_in(string value, string filled)
    {
        var given = SchemaText.Json(value);
        Defaulter.Fill(given, SchemaText.Schema(Schema));
        Assert.Equal(SchemaText.Json(filled)!.ToJsonString(), given!.ToJsonString());
    }

    [Fact]
    public void A_default_is_copied()
    {
        var schema = SchemaText.Schema(Schema);
        var (one, other) = (SchemaText.Json("{'spec':{}}")!, SchemaText.Json("{'spec':{}}")!);
        Defaulter.Fill(one, schema);
        one["spec"]!["inner"]!["b"] = "changed";
        Defaulter.Fill(other, schema);
        Assert.Equal("deep", other["spec"]!["inner"]!["b"]!.GetValue<string>());
    }
}
