using System.Text;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Cel;
using Vitrine.ApiServer.Structural;

namespace Vitrine.Fuzz;

/// <summary>A rule of a definition, through to its answer about an object.</summary>
internal static class CelFuzz
{
    private static readonly StructuralSchema Schema = SchemaReader.Read(
        JsonNode.Parse("""{"type":"object","properties":{"n":{"type":"integer"},"s":{"type":"string"},"l":{"type":"array","items":{"type":"integer"}},"m":{"type":"object","additionalProperties":{"type":"string"}},"any":{"x-kubernetes-preserve-unknown-fields":true}}}""")!.AsObject(), withRules: false);

    private static readonly JsonObject Value = JsonNode.Parse("""{"n":3,"s":"text","l":[1,2,3],"m":{"a":"b"},"any":{"x":[1,"y",null]}}""")!.AsObject();

    public static string[] Seeds { get; } =
    [
        "self.l.all(x, x > 0 && self.l.exists(y, y == x)) || has(self.m.a) && self.m['a'].startsWith('b')",
        "self.s.matches('^[a-z]+$') ? size(self.s) == 4 : self.any.x.map(e, type(e) == int).size() > 1",
        "quantity('1Gi').isGreaterThan(quantity(self.s)) || timestamp('2026-02-03T04:05:06Z') + duration('1h') > timestamp(0)",
        "'%s %d %.3f'.format([self.s, self.n, 1.5]).replace('t', 'tt', -1).split('').join(r'\\') != b'\\xff\\u00e9'",
        "self.m.transformMapEntry(k, v, k != '', {v: k}) == {'b': 'a'} && self.l.transformList(i, x, i + x).exists(i, x, i == 1) && format.named('uuid').value().validate(self.s).hasValue()",
        "self.?n.orValue(0x1F) in [1, 2u, 3.0e1] || cidr('10.0.0.0/8').containsIP(ip('10.1.2.3')) && url('https://a/b?c').getQuery() == {}",
    ];

    public static void Parse(byte[] input)
    {
        try
        {
            var source = Encoding.UTF8.GetString(input);
            var parsed = CelParser.Parse(source);
            var checker = new CelChecker(source);
            checker.Declare("self", CelType.Of(Schema));
            checker.Check(parsed);
            var budget = new CelBudget();
            budget.BeginCall();
            new CelEvaluator(budget).Evaluate(parsed, new CelScope("self", CelValues.From(Value, Schema), null));
        }
        catch (CelFault)
        {
            // What a bad rule is answered with.
        }
    }
}
