using System.Text.Json.Nodes;
using Vitrine.ApiServer.Definitions;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Structural;

namespace Vitrine.ApiServer.Cel;

/// <summary>One of x-kubernetes-validations, compiled (kubernetes.io: "Validation rules").</summary>
internal sealed record CelRule
{
    public required string Source { get; init; }

    /// <summary>What its self is, with what rules see of a whole object.</summary>
    public required StructuralSchema Schema { get; init; }

    /// <summary>Null where <see cref="Fault"/> says why.</summary>
    public CelNode? Expression { get; init; }

    /// <summary>messageExpression; null for none.</summary>
    public CelNode? MessageExpression { get; init; }

    public string Message { get; init; } = "";

    /// <summary>FieldValueInvalid and the like.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Appended to the path of self, e.g. ".replicas"; "" for self itself.</summary>
    public string FieldPath { get; init; } = "";

    /// <summary>It compares with what was before, and says nothing about an object that is new.</summary>
    public bool IsTransition { get; init; }

    /// <summary>It is asked about new objects too: oldSelf is an optional.</summary>
    public bool HasOptionalOldSelf { get; init; }

    /// <summary>Why it cannot be asked: a definition that an earlier server took. Its objects cannot be written until it is mended.</summary>
    public string Fault { get; init; } = "";

    /// <param name="rule">As it is written.</param>
    /// <param name="schema">Of self.</param>
    /// <param name="isRoot">self is the whole object.</param>
    /// <returns>The rule, and what is wrong with each of its fields.</returns>
    public static (CelRule Rule, IReadOnlyList<(string Field, string Why)> Faults) Compile(JsonObject rule, StructuralSchema schema, bool isRoot)
    {
        var seen = isRoot ? CelFields.WithMeta(schema) : schema;
        var faults = new List<(string, string)>();
        var optional = rule.Flag("optionalOldSelf");
        var expression = Compiled(rule.Text("rule"), "rule", CelType.Bool, seen, optional, faults);
        var message = rule.Text("messageExpression") is { Length: > 0 } text ? Compiled(text, "messageExpression", CelType.String, seen, optional, faults) : null;
        var transition = expression is not null && Mentions(expression);
        if (optional && expression is not null && !transition)
        {
            faults.Add(("optionalOldSelf", "may not be set if oldSelf is not used in rule"));
        }
        var made = new CelRule
        {
            Source = rule.Text("rule"),
            Schema = seen,
            Expression = expression,
            MessageExpression = message,
            Message = rule.Text("message"),
            Reason = rule.Text("reason") is { Length: > 0 } reason ? reason : "FieldValueInvalid",
            FieldPath = Path(rule.Text("fieldPath"), schema, faults),
            IsTransition = transition,
            HasOptionalOldSelf = optional,
            Fault = string.Join("; ", faults.Select(static fault => fault.Item2)),
        };
        return (made, faults);
    }

    private static CelNode? Compiled(string source, string field, CelType wanted, StructuralSchema self, bool optional, List<(string, string)> faults)
    {
        try
        {
            var parsed = CelParser.Parse(source);
            var checker = new CelChecker(source);
            var type = CelType.Of(self);
            checker.Declare("self", type);
            checker.Declare("oldSelf", optional ? CelType.OptionalOf(type) : type);
            if (checker.Check(parsed) is var found && found.Kind != wanted.Kind && found.Kind != CelKind.Dyn)
            {
                faults.Add((field, $"must evaluate to a {wanted}"));
            }
            return parsed;
        }
        catch (CelFault fault)
        {
            faults.Add((field, $"compilation failed: {fault.Message}"));
            return null;
        }
    }

    private static string Path(string path, StructuralSchema schema, List<(string, string)> faults)
    {
        if (path.Length == 0)
        {
            return "";
        }
        try
        {
            var fields = JsonPath.Parse(path).Fields;
            StructuralSchema? node = schema;
            foreach (var field in fields ?? [])
            {
                node = node?.Properties.GetValueOrDefault(field) ?? node?.Additional;
            }
            if (fields is null or { Count: 0 } || node is null)
            {
                faults.Add(("fieldPath", "must be a valid path: it names no field of the schema it stands in"));
            }
            return string.Concat((fields ?? []).Select(static field => $".{field}"));
        }
        catch (FormatException e)
        {
            faults.Add(("fieldPath", $"must be a valid path: {e.Message}"));
            return "";
        }
    }

    private static bool Mentions(CelNode node) => node switch
    {
        CelName name => name.Name == "oldSelf",
        CelSelect select => Mentions(select.Of),
        CelIndex index => Mentions(index.Of) || Mentions(index.Key),
        CelCall call => call.Arguments.Any(Mentions),
        CelLogic logic => Mentions(logic.Left) || Mentions(logic.Right),
        CelChoice choice => Mentions(choice.Test) || Mentions(choice.Yes) || Mentions(choice.No),
        CelListLiteral list => list.Items.Any(Mentions),
        CelMapLiteral map => map.Entries.Any(static entry => Mentions(entry.Key) || Mentions(entry.Value)),
        CelFold fold => Mentions(fold.Range) || Mentions(fold.Step) || (fold.Filter is { } filter && Mentions(filter)),
        _ => false,
    };
}
