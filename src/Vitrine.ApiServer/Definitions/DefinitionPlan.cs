using System.Text.Json.Nodes;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Verbs;

namespace Vitrine.ApiServer.Definitions;

/// <summary>
/// What becomes of all definitions together: who has which name in its group, and whose kind is served (pkg/controller/status:
/// naming_controller.go; pkg/controller/establish, pkg/controller/apiapproval).
/// </summary>
internal sealed class DefinitionPlan
{
    private DefinitionPlan(IReadOnlyList<DefinitionVerdict> verdicts) => Verdicts = verdicts;

    /// <summary>One for each definition.</summary>
    public IReadOnlyList<DefinitionVerdict> Verdicts { get; }

    /// <param name="definitions">As stored; not changed.</param>
    /// <param name="builtIn">Kinds whose names are taken.</param>
    /// <param name="now">When conditions change.</param>
    public static DefinitionPlan Compile(IEnumerable<JsonObject> definitions, IReadOnlyList<Kind> builtIn, DateTimeOffset now)
    {
        // The older has a name before the younger; what was given once stays given.
        JsonObject[] all = [.. definitions.OrderBy(static d => d.TextAt("metadata.creationTimestamp"), StringComparer.Ordinal).ThenBy(static d => d.TextAt("metadata.name"), StringComparer.Ordinal)];
        var given = all.ToDictionary(static d => d.TextAt("metadata.name"), static d => DefinitionNames.Read(d.Object("status").Object("acceptedNames")));
        var verdicts = new List<DefinitionVerdict>();
        foreach (var definition in all)
        {
            var (name, group) = (definition.TextAt("metadata.name"), definition.TextAt("spec.group"));
            var others = all.Where(d => d != definition && d.TextAt("spec.group") == group).Select(d => given[d.TextAt("metadata.name")])
                .Concat(builtIn.Where(kind => kind.Group == group).Select(static kind => new DefinitionNames(kind.Plural, kind.Singular, kind.ShortNames, kind.Name, kind.Name + "List", [])))
                .ToArray();
            var twin = builtIn.FirstOrDefault(kind => kind.Group == group && kind.Plural == definition.TextAt("spec.names.plural") && kind.Name == definition.TextAt("spec.names.kind"));
            var judged = Judge(definition, given[name], others, twin, ObjectMeta.Timestamp(now));
            given[name] = DefinitionNames.Read(judged.Status.Object("acceptedNames"));
            verdicts.Add(judged);
        }
        return new DefinitionPlan(verdicts);
    }

    private static DefinitionVerdict Judge(JsonObject definition, DefinitionNames given, DefinitionNames[] others, Kind? twin, string now)
    {
        var asked = DefinitionNames.Read(definition.Object("spec").Object("names"));
        var status = (definition.Object("status")?.DeepClone() as JsonObject) ?? [];
        if (twin is not null)
        {
            status["acceptedNames"] = asked.Write();
            var message = $"{twin.Name} is a kind this server is built with, as {twin.ApiVersion}: it is served whatever this definition says, and this definition's schemas and other versions are not used";
            Conditions.Set(status, "NamesAccepted", "True", "BuiltIn", message, now);
            Conditions.Set(status, "Established", "True", "BuiltIn", message, now);
            return new DefinitionVerdict(definition, status, IsServed: false, IsBuiltIn: true);
        }
        var (names, reason, fault) = Accept(asked, given, others);
        status["acceptedNames"] = names.Write();
        Conditions.Set(status, "NamesAccepted", fault is null ? "True" : "False", reason, fault ?? "no conflicts found", now);
        var established = status.Objects("conditions").FirstOrDefault(static c => c.Text("type") == "Established").Text("status") == "True";
        if (!established)
        {
            Conditions.Set(status, "Established", fault is null ? "True" : "False", fault is null ? "InitialNamesAccepted" : "NotAccepted",
                fault is null ? "the initial names have been accepted" : "not all names are accepted", now);
        }
        Approval(definition, status, now);
        return new DefinitionVerdict(definition, status, established || fault is null, IsBuiltIn: false);
    }

    /// <summary>Name by name: one that somebody else has is not given, and an earlier one is kept.</summary>
    private static (DefinitionNames Names, string Reason, string? Fault) Accept(DefinitionNames asked, DefinitionNames given, DefinitionNames[] others)
    {
        var resources = others.SelectMany(static o => o.Resources).ToHashSet();
        var kinds = others.SelectMany(static o => o.Kinds).ToHashSet();
        var (names, reason, faults) = (given, "NoConflicts", new List<string>());
        void Conflict(string name, string why)
        {
            reason = why;
            faults.Add($"\"{name}\" is already in use");
        }
        if (resources.Contains(asked.Plural))
        {
            Conflict(asked.Plural, "PluralConflict");
        }
        else
        {
            names = names with { Plural = asked.Plural };
        }
        if (resources.Contains(asked.Singular))
        {
            Conflict(asked.Singular, "SingularConflict");
        }
        else
        {
            names = names with { Singular = asked.Singular };
        }
        if (asked.ShortNames.FirstOrDefault(resources.Contains) is { } shortName)
        {
            Conflict(shortName, "ShortNamesConflict");
        }
        else
        {
            names = names with { ShortNames = asked.ShortNames };
        }
        if (kinds.Contains(asked.Kind))
        {
            Conflict(asked.Kind, "KindConflict");
        }
        else
        {
            names = names with { Kind = asked.Kind };
        }
        if (kinds.Contains(asked.ListKind))
        {
            Conflict(asked.ListKind, "ListKindConflict");
        }
        else
        {
            names = names with { ListKind = asked.ListKind };
        }
        return (names with { Categories = asked.Categories }, reason, faults.Count == 0 ? null : string.Join(", ", faults.Distinct()));
    }

    private static void Approval(JsonObject definition, JsonObject status, string now)
    {
        if (!ProtectedGroups.Has(definition.TextAt("spec.group")))
        {
            return;
        }
        var given = definition.Object("metadata").Object("annotations").Text(ProtectedGroups.Annotation);
        var approved = !given.StartsWith("unapproved", StringComparison.Ordinal);
        Conditions.Set(status, "KubernetesAPIApprovalPolicyConformant", approved ? "True" : "False", approved ? "ApprovedAnnotation" : "UnapprovedAnnotation",
            approved ? $"approved in {given}" : $"not approved: \"{given}\"", now);
    }
}
