using System.Text.Json.Nodes;
using Vitrine.ApiServer.Access;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Queues;

/// <summary>A FlowSchema, ready to be asked.</summary>
/// <param name="Uid">Of the object; "" where there is none.</param>
/// <param name="Level">Name of the level its requests belong to.</param>
/// <param name="Distinguisher">ByUser, ByNamespace or "".</param>
internal sealed record FlowSchemaPlan(string Name, string Uid, string Level, long Precedence, string Distinguisher, IReadOnlyList<FlowRule> Rules)
{
    public static FlowSchemaPlan Read(JsonObject schema)
    {
        JsonObject spec = schema.Object("spec") ?? [];
        return new FlowSchemaPlan(
            schema.TextAt("metadata.name"),
            schema.TextAt("metadata.uid"),
            spec.TextAt("priorityLevelConfiguration.name"),
            spec.Number("matchingPrecedence") ?? 0,
            spec.TextAt("distinguisherMethod.type"),
            [.. spec.Objects("rules").Select(static rule => new FlowRule(rule))]);
    }

    public bool Matches(in AccessQuestion question)
    {
        for (int i = 0; i < Rules.Count; i++)
        {
            if (Rules[i].Matches(question))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whose requests wait together: those of one flow fill only its own hand of queues.</summary>
    public string FlowOf(in AccessQuestion question) => Distinguisher switch
    {
        "ByUser" => $"{Name}/{question.User.Name}",
        "ByNamespace" => $"{Name}/{question.Namespace}",
        _ => Name,
    };
}
