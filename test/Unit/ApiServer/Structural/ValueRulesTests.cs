using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Structural;
using Xunit;

namespace Vitrine.Unit.ApiServer.Structural;

public class ValueRulesTests
{
    [Theory]
    [InlineData("{'type':'integer'}", "'x'", "p: Invalid value: 'string': p in body must be of type integer: 'string'")]
    [InlineData("{'type':'integer'}", "1.5", "p: Invalid value: 'number': p in body must be of type integer: 'number'")]
    [InlineData("{'type':'integer'}", "2.0", "")]
    [InlineData("{'type':'number'}", "2", "")]
    [InlineData("{'type':'string'}", "null", "p: Invalid value: 'null': p in body must be of type string: 'null'")]
    [InlineData("{'type':'string','nullable':true}", "null", "")]
    [InlineData("{'type':'boolean'}", "0", "p: Invalid value: 'integer': p in body must be of type boolean: 'integer'")]
    [InlineData("{'type':'object'}", "[]", "p: Invalid value: 'array': p in body must be of type object: 'array'")]
    [InlineData("{'x-kubernetes-int-or-string':true}", "'80%'", "")]
    [InlineData("{'x-kubernetes-int-or-string':true}", "80", "")]
    [InlineData("{'x-kubernetes-int-or-string':true}", "true", "p: Invalid value: 'boolean': p in body must be of type integer,string: 'boolean'")]
    [InlineData("{'type':'string','enum':['a','b']}", "'c'", "p: Unsupported value: 'c': supported values: 'a', 'b'")]
    [InlineData("{'type':'integer','enum':[1,2]}", "3", "p: Unsupported value: 3: supported values: '1', '2'")]
    [InlineData("{'type':'string','pattern':'^a+$'}", "'ab'", "p: Invalid value: 'ab': p in body should match `^a+$`")]
    [InlineData("{'type':'string','minLength':3}", "'ab'", "p: Invalid value: 'ab': p in body should be at least 3 chars long")]
    [InlineData("{'type':'string','maxLength':3}", "'äöüx'", "p: Too long: may not be more than 3 bytes")]
    [InlineData("{'type':'string','maxLength':3}", "'äöü'", "")]
    [InlineData("{'type':'integer','minimum':1}", "0", "p: Invalid value: 0: p in body should be greater than or equal to 1")]
    [InlineData("{'type':'integer','minimum':1,'exclusiveMinimum':true}", "1", "p: Invalid value: 1: p in body should be greater than 1")]
    [InlineData("{'type':'number','maximum':1.5}", "2", "p: Invalid value: 2: p in body should be less than or equal to 1.5")]
    [InlineData("{'type':'number','maximum':2,'exclusiveMaximum':true}", "2", "p: Invalid value: 2: p in body should be less than 2")]
    [InlineData("{'type':'number','multipleOf':0.1}", "0.3", "")]
    [InlineData("{'type':'integer','multipleOf':3}", "4", "p: Invalid value: 4: p in body should be a multiple of 3")]
    [InlineData("{'type':'integer','format':'int32'}", "2147483648", "p: Invalid value: 2147483648: p in body must be of type integer with format int32")]
    [InlineData("{'type':'string','format':'ipv4'}", "'1.2.3'", "p: Invalid value: '1.2.3': p in body must be of type ipv4: '1.2.3'")]
    [InlineData("{'type':'string','format':'whatever'}", "'x'", "")]
    [InlineData("{'type':'array','maxItems':1,'items':{'type':'string'}}", "['a','b']", "p: Too many: 2: must have at most 1 items")]
    [InlineData("{'type':'array','minItems':1,'items':{'type':'string'}}", "[]", "p: Invalid value: []: p in body should have at least 1 items")]
    [InlineData("{'type':'array','items':{'type':'string'}}", "['a',1]", "p[1]: Invalid value: 'integer': p[1] in body must be of type string: 'integer'")]
    [InlineData("{'type':'array','x-kubernetes-list-type':'set','items':{'type':'string'}}", "['a','b','a']", "p[2]: Duplicate value: 'a'")]
    [InlineData("{'type':'array','x-kubernetes-list-type':'set','items':{'type':'object','x-kubernetes-map-type':'atomic','x-kubernetes-preserve-unknown-fields':true}}", "[{'a':1,'b':2},{'b':2,'a':1}]", "p[1]: Duplicate value: {'b':2,'a':1}")]
    [InlineData("{'type':'array','x-kubernetes-list-type':'map','x-kubernetes-list-map-keys':['n','q'],'items':{'type':'object','properties':{'n':{'type':'string'},'q':{'type':'string','default':'x'}}}}", "[{'n':'a'},{'n':'a','q':'y'},{'n':'a','q':'x'}]", "p[2]: Duplicate value: {'n':'a','q':'x'}")]
    [InlineData("{'type':'object','required':['a'],'properties':{'a':{'type':'string'}}}", "{}", "p.a: Required value")]
    [InlineData("{'type':'object','maxProperties':1,'additionalProperties':{'type':'string'}}", "{'a':'1','b':'2'}", "p: Too many: 2: must have at most 1 items")]
    [InlineData("{'type':'object','minProperties':1,'additionalProperties':{'type':'string'}}", "{}", "p: Invalid value: {}: p in body should have at least 1 properties")]
    [InlineData("{'type':'object','additionalProperties':{'type':'integer'}}", "{'a':'x'}", "p.a: Invalid value: 'string': p.a in body must be of type integer: 'string'")]
    [InlineData("{'type':'string','allOf':[{'minLength':2},{'maxLength':3}]}", "'a'", "p: Invalid value: 'a': p in body should be at least 2 chars long")]
    [InlineData("{'type':'string','anyOf':[{'minLength':2},{'pattern':'^x$'}]}", "'x'", "")]
    [InlineData("{'type':'string','anyOf':[{'minLength':2},{'pattern':'^x$'}]}", "'y'", "p: Invalid value: 'y': p in body should be at least 2 chars long|p: Invalid value: '': 'p' must validate at least one schema (anyOf)")]
    [InlineData("{'type':'object','properties':{'a':{'type':'string'},'b':{'type':'string'}},'oneOf':[{'required':['a']},{'required':['b']}]}", "{'a':'1','b':'2'}", "p: Invalid value: '': 'p' must validate one and only one schema (oneOf). Found 2 valid alternatives")]
    [InlineData("{'type':'object','properties':{'a':{'type':'string'},'b':{'type':'string'}},'oneOf':[{'required':['a']},{'required':['b']}]}", "{'b':'2'}", "")]
    [InlineData("{'type':'object','properties':{'a':{'type':'string'}},'not':{'required':['a']}}", "{'a':'1'}", "p: Invalid value: '': 'p' must not validate the schema (not)")]
    [InlineData("{'type':'object','x-kubernetes-embedded-resource':true,'x-kubernetes-preserve-unknown-fields':true}", "{'kind':'Pod','metadata':{'labels':{'-':'x'}}}", "p.apiVersion: Required value: must not be empty", true)]
    public void A_value_is_judged_in_upstreams_words(string schema, string value, string wanted, bool onlyFirst = false)
    {
        var causes = Check(schema, value, null);
        Assert.Equal(wanted.Replace('\'', '"').Replace('`', '\''), onlyFirst ? causes[0] : string.Join('|', causes));
    }

    [Fact]
    public void What_an_update_leaves_as_it_was_is_not_judged_again()
    {
        const string schema = "{'type':'object','properties':{'a':{'type':'integer','minimum':5},'b':{'type':'integer','minimum':5},'l':{'type':'array','x-kubernetes-list-type':'map','x-kubernetes-list-map-keys':['n'],'items':{'type':'object','properties':{'n':{'type':'string'},'v':{'type':'integer','minimum':5}}}}}}";
        Assert.Equal(["p.b: Invalid value: 2: p.b in body should be greater than or equal to 5"], Check(schema, "{'a':1,'b':2}", "{'a':1,'b':1}").Select(static c => c));
        Assert.Empty(Check(schema, "{'l':[{'n':'x','v':9},{'n':'y','v':1}]}", "{'l':[{'n':'y','v':1}]}"));
    }

    [Fact]
    public void Alternatives_nested_deep_are_tried_once_each()
    {
        var schema = "{'minLength':9}";
        for (var i = 0; i < 40; i++)
        {
            schema = $"{{'anyOf':[{schema}]}}";
        }
        Assert.NotEmpty(Check(schema[..^1] + ",'type':'string'}", "'x'", null));
    }

    private static string[] Check(string schema, string value, string? old)
    {
        var causes = new List<FieldCause>();
        ValueRules.Check(SchemaText.Json(value), old is null ? null : SchemaText.Json(old), SchemaText.Schema(schema), "p", causes);
        return causes.Lines();
    }
}
