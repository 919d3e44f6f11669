using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Structural;
using Xunit;

namespace Vitrine.Unit.ApiServer.Structural;

public class SchemaRulesTests
{
    [Theory]
    [InlineData("{}", "s.type: Required value: must not be empty at the root")]
    [InlineData("{'type':'array','items':{'type':'string'}}", "s.type: Invalid value: 'array': must be object at the root")]
    [InlineData("{'type':'object','additionalProperties':{'type':'string'}}", "s.additionalProperties: Forbidden: must not be used at the root")]
    [InlineData("{'type':'object','properties':{'a':{}}}", "s.properties[a].type: Required value: must not be empty for specified object fields")]
    [InlineData("{'type':'object','properties':{'a':{'type':'array','items':{}}}}", "s.properties[a].items.type: Required value: must not be empty for specified array items")]
    [InlineData("{'type':'object','properties':{'a':{'type':'array'}}}", "s.properties[a].items: Required value: must be specified")]
    [InlineData("{'type':'object','properties':{'a':{'type':'array','items':[{'type':'string'}]}}}", "s.properties[a].items: Forbidden: items must be a schema object and not an array")]
    [InlineData("{'type':'object','properties':{'a':{'type':'text'}}}", "s.properties[a].type: Unsupported value: 'text': supported values: 'array', 'boolean', 'integer', 'number', 'object', 'string'")]
    [InlineData("{'type':'object','properties':{'a':{'type':'string','uniqueItems':true}}}", "s.properties[a].uniqueItems: Forbidden: uniqueItems cannot be set to true since the runtime complexity becomes quadratic")]
    [InlineData("{'type':'object','properties':{'a':{'type':'string','$ref':'#/x'}}}", "s.properties[a].$ref: Forbidden: $ref is not supported")]
    [InlineData("{'type':'object','properties':{'a':{'type':'object','additionalProperties':false}}}", "s.properties[a].additionalProperties: Forbidden: additionalProperties cannot be set to false")]
    [InlineData("{'type':'object','properties':{'a':{'type':'object','additionalProperties':true,'properties':{'b':{'type':'string'}}}}}", "s.properties[a].additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive")]
    [InlineData("{'type':'object','properties':{'a':{'type':'string','x-kubernetes-int-or-string':true}}}", "s.properties[a].type: Invalid value: 'string': must be empty if x-kubernetes-int-or-string is true")]
    [InlineData("{'type':'object','properties':{'a':{'type':'object','x-kubernetes-preserve-unknown-fields':false}}}", "s.properties[a].x-kubernetes-preserve-unknown-fields: Invalid value: false: must be true or undefined")]
    [InlineData("{'type':'object','properties':{'a':{'type':'object','x-kubernetes-embedded-resource':true}}}", "s.properties[a].properties: Required value: must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields")]
    [InlineData("{'type':'object','properties':{'metadata':{'type':'object','properties':{'labels':{'type':'object'}}}}}", "s.properties[metadata]: Forbidden: must not specify anything other than name and generateName, but metadata is implicitly specified")]
    [InlineData("{'type':'object','properties':{'a':{'type':'string','x-kubernetes-list-type':'set'}}}", "s.properties[a].type: Invalid value: 'string': must be array if x-kubernetes-list-type is specified")]
    [InlineData("{'type':'object','properties':{'a':{'type':'array','x-kubernetes-list-type':'map','items':{'type':'object','properties':{'n':{'type':'string'}}}}}}", "s.properties[a].x-kubernetes-list-map-keys: Required value: must not be empty if x-kubernetes-list-type is map")]
    [InlineData("{'type':'object','properties':{'a':{'type':'array','x-kubernetes-list-type':'map','x-kubernetes-list-map-keys':['x'],'items':{'type':'object','properties':{'n':{'type':'string'}}}}}}", "s.properties[a].x-kubernetes-list-map-keys[0]: Invalid value: 'x': entries must all be names of item properties")]
    [InlineData("{'type':'object','properties':{'a':{'type':'array','x-kubernetes-list-type':'map','x-kubernetes-list-map-keys':['n'],'items':{'type':'object','properties':{'n':{'type':'string'}}}}}}", "s.properties[a].items.properties[n].default: Required value: this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property")]
    [InlineData("{'type':'object','properties':{'a':{'type':'array','x-kubernetes-list-type':'set','items':{'type':'object','properties':{'n':{'type':'string'}}}}}}", "s.properties[a].items.x-kubernetes-map-type: Required value: must be atomic as item of a list with x-kubernetes-list-type=set")]
    [InlineData("{'type':'object','properties':{'a':{'type':'string','anyOf':[{'type':'string'}]}}}", "s.properties[a].anyOf[0].type: Forbidden: must be empty to be structural")]
    [InlineData("{'type':'object','properties':{'a':{'x-kubernetes-int-or-string':true,'anyOf':[{'type':'integer'},{'type':'string'}]}}}", "")]
    [InlineData("{'type':'object','properties':{'a':{'x-kubernetes-int-or-string':true,'allOf':[{'anyOf':[{'type':'integer'},{'type':'string'}]},{'pattern':'^x'}]}}}", "")]
    [InlineData("{'type':'object','properties':{'a':{'type':'object','properties':{'b':{'type':'string'}},'oneOf':[{'properties':{'c':{'minLength':1}}}]}}}", "s.properties[a].properties[c]: Required value: because it is defined in s.properties[a].oneOf[0].properties[c]")]
    [InlineData("{'type':'object','properties':{'a':{'type':'object','properties':{'b':{'type':'string'}},'not':{'required':['b'],'description':'x'}}}}", "s.properties[a].not.description: Forbidden: must be empty to be structural")]
    public void A_schema_that_is_not_structural_is_refused_with_its_place(string schema, string wanted)
    {
        var causes = new List<FieldCause>();
        SchemaRules.Check(SchemaText.Json(schema)!.AsObject(), "s", causes);
        Assert.Equal(wanted.Replace('\'', '"'), string.Join('|', causes.Lines()));
    }

    [Fact]
    public void A_pattern_that_is_none_is_named()
    {
        var causes = new List<FieldCause>();
        SchemaRules.Check(SchemaText.Json("{'type':'object','properties':{'a':{'type':'string','pattern':'(?=a)'}}}")!.AsObject(), "s", causes);
        Assert.StartsWith("s.properties[a].pattern: Invalid value: \"(?=a)\": must be a valid regular expression, but isn't: ", Assert.Single(causes.Lines()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{'type':'object','properties':{'a':{'type':'integer','default':'x'}}}", "s.properties[a].default: Invalid value: 'string': s.properties[a].default in body must be of type integer: 'string'")]
    [InlineData("{'type':'object','properties':{'a':{'type':'object','default':{'c':1},'properties':{'b':{'type':'string'}}}}}", "s.properties[a].default: Invalid value: {'c':1}: must not have unknown fields: c")]
    [InlineData("{'type':'object','properties':{'a':{'type':'object','default':{},'required':['b'],'properties':{'b':{'type':'string','default':'x'}}}}}", "")]
    public void A_default_is_a_value_of_its_schema(string schema, string wanted)
    {
        var causes = new List<FieldCause>();
        DefaultRules.Check(SchemaText.Json(schema)!.AsObject(), "s", causes);
        Assert.Equal(wanted.Replace('\'', '"'), string.Join('|', causes.Lines()));
    }
}
