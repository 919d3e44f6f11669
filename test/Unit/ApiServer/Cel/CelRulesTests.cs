using System.Text.Json.Nodes;
using Vitrine.ApiServer.Cel;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Structural;
using Vitrine.Unit.ApiServer.Structural;
using Xunit;

namespace Vitrine.Unit.ApiServer.Cel;

public class CelRulesTests
{
    [Theory]
    [InlineData("{'rule':'self.spec.min <= self.spec.max'}", "{'spec':{'min':3,'max':2}}", null, ": Invalid value: 'object': failed rule: self.spec.min <= self.spec.max")]
    [InlineData("{'rule':'self.spec.min <= self.spec.max','message':'too small'}", "{'spec':{'min':3,'max':2}}", null, ": Invalid value: 'object': too small")]
    [InlineData("{'rule':'self.spec.min <= self.spec.max','messageExpression':\"'%d > %d'.format([self.spec.min, self.spec.max])\",'message':'x'}", "{'spec':{'min':3,'max':2}}", null, ": Invalid value: 'object': 3 > 2")]
    [InlineData("{'rule':'self.spec.min <= self.spec.max','messageExpression':\"self.spec.none\",'message':'fallback'}", "{'spec':{'min':3,'max':2}}", null, ": Invalid value: 'object': fallback")]
    [InlineData("{'rule':'self.spec.min <= self.spec.max','fieldPath':'.spec.min','reason':'FieldValueForbidden','message':'no'}", "{'spec':{'min':3,'max':2}}", null, "spec.min: Forbidden: no")]
    [InlineData("{'rule':'self.spec.none.size() > 0'}", "{'spec':{'min':3}}", null, ": Invalid value: 'object': no such key: none evaluating rule: self.spec.none.size() > 0")]
    [InlineData("{'rule':'self.metadata.name == self.spec.none'}", "{'metadata':{'name':'a'},'spec':{'none':'b'}}", null, ": Invalid value: 'object': failed rule: self.metadata.name == self.spec.none")]
    // transition rules
    [InlineData("{'rule':'self.spec.min >= oldSelf.spec.min','message':'only up'}", "{'spec':{'min':3}}", null, "")]
    [InlineData("{'rule':'self.spec.min >= oldSelf.spec.min','message':'only up'}", "{'spec':{'min':3}}", "{'spec':{'min':4}}", ": Invalid value: 'object': only up")]
    [InlineData("{'rule':'oldSelf.hasValue() || self.spec.min == 0','optionalOldSelf':true,'message':'starts at 0'}", "{'spec':{'min':3}}", null, ": Invalid value: 'object': starts at 0")]
    [InlineData("{'rule':'oldSelf.hasValue() || self.spec.min == 0','optionalOldSelf':true,'message':'starts at 0'}", "{'spec':{'min':3}}", "{'spec':{'min':1}}", "")]
    // ratcheting
    [InlineData("{'rule':'self.spec.min <= self.spec.max','message':'m'}", "{'spec':{'min':3,'max':2}}", "{'spec':{'min':3,'max':2}}", "")]
    public void A_broken_rule_says_where_and_why(string rule, string value, string? old, string wanted)
    {
        var causes = Check("{'type':'object','properties':{'spec':{'type':'object','properties':{'min':{'type':'integer'},'max':{'type':'integer'},'none':{'type':'string'}}}}}", rule, value, old);
        Assert.Equal(wanted.Replace('\'', '"'), string.Join('|', causes));
    }

    [Fact]
    public void Rules_below_are_asked_of_every_value()
    {
        const string schema = "{'type':'object','properties':{'l':{'type':'array','x-kubernetes-list-type':'map','x-kubernetes-list-map-keys':['n'],'items':{'type':'object','properties':{'n':{'type':'string'},'v':{'type':'integer','x-kubernetes-validations':[{'rule':'self > 0','message':'positive'},{'rule':'self == oldSelf','message':'fixed'}]}}}},"
            + "'m':{'type':'object','additionalProperties':{'type':'string','x-kubernetes-validations':[{'rule':'self != \\'bad\\''}]}}}}";
        Assert.Equal(
            ["l[0].v: Invalid value: \"integer\": positive", "l[1].v: Invalid value: \"integer\": fixed", "m[k]: Invalid value: \"string\": failed rule: self != 'bad'"],
            Check(schema.Replace("\\'", "\\u0027"), null, "{'l':[{'n':'new','v':0},{'n':'b','v':2}],'m':{'k':'bad','g':'good'}}", "{'l':[{'n':'b','v':1}]}"));
    }

    [Theory]
    [InlineData("{'rule':''}", "s.x-kubernetes-validations[0].rule: Required value: rule is not specified")]
    [InlineData("{'rule':'self.a'}", "s.x-kubernetes-validations[0].rule: Invalid value: 'self.a': must evaluate to a bool")]
    [InlineData("{'rule':'self.q == 1'}", "s.x-kubernetes-validations[0].rule: Invalid value: 'self.q == 1': compilation failed: ERROR: <input>:1:5: undefined field 'q'")]
    [InlineData("{'rule':'true','messageExpression':'1'}", "s.x-kubernetes-validations[0].messageExpression: Invalid value: '1': must evaluate to a string")]
    [InlineData("{'rule':'true','reason':'Because'}", "s.x-kubernetes-validations[0].reason: Unsupported value: 'Because': supported values: 'FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired'")]
    [InlineData("{'rule':'true','fieldPath':'.z'}", "s.x-kubernetes-validations[0].fieldPath: Invalid value: '.z': must be a valid path: it names no field of the schema it stands in")]
    [InlineData("{'rule':'true','optionalOldSelf':true}", "s.x-kubernetes-validations[0].optionalOldSelf: Invalid value: true: may not be set if oldSelf is not used in rule")]
    public void A_rule_that_cannot_work_is_refused_with_its_definition(string rule, string wanted)
    {
        var schema = SchemaText.Json("{'type':'object','properties':{'a':{'type':'string'}}}")!.AsObject();
        schema["x-kubernetes-validations"] = new JsonArray(SchemaText.Json(rule));
        var causes = new List<FieldCause>();
        RuleRules.Check(schema, "s", causes);
        Assert.Equal(wanted.Replace('\'', '"').Replace("field \"q\"", "field 'q'"), string.Join('|', causes.Lines()));
    }

    [Fact]
    public void A_transition_needs_values_that_can_be_told_apart()
    {
        var causes = new List<FieldCause>();
        RuleRules.Check(SchemaText.Json("{'type':'object','properties':{'l':{'type':'array','items':{'type':'string','x-kubernetes-validations':[{'rule':'self == oldSelf'}]}}}}")!.AsObject(), "s", causes);
        Assert.Equal("s.properties[l].items.x-kubernetes-validations[0].rule: Invalid value: \"self == oldSelf\": oldSelf cannot be used on the uncorrelatable portion of the schema within s.properties[l]", Assert.Single(causes.Lines()));
    }

    private static string[] Check(string schema, string? rule, string value, string? old)
    {
        var json = SchemaText.Json(schema)!.AsObject();
        if (rule is not null)
        {
            json["x-kubernetes-validations"] = new JsonArray(JsonNode.Parse(rule.Contains("\"'", StringComparison.Ordinal) ? Quoted(rule) : rule.Replace('\'', '"')));
        }
        var causes = new List<FieldCause>();
        CelRules.Check(SchemaText.Json(value)!.AsObject(), old is null ? null : SchemaText.Json(old)!.AsObject(), SchemaReader.Read(json, withRules: true, isRoot: true), causes);
        return causes.Lines();
    }

    /// <summary>Texts in double quotes keep their single ones.</summary>
    private static string Quoted(string rule) => string.Concat(rule.Split('"').Select(static (part, i) => i % 2 == 0 ? part.Replace('\'', '"') : $"\"{part}\""));
}
