using System.Globalization;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Verbs;

namespace Vitrine.ApiServer.Defaulting;

/// <summary>
/// The annotation in which apps/v1 keeps a DaemonSet's spec.templateGeneration, which counts changes of its template alone
/// (pkg/registry/apps/daemonset: strategy).
/// </summary>
internal static class TemplateGeneration
{
    private const string Annotation = "deprecated.daemonset.template.generation";

    public static void Begin(JsonObject set)
    {
        if (Read(set) < 1)
        {
            Write(set, 1);
        }
    }

    /// <summary>The client has no say in it.</summary>
    public static void Count(UpdateScope scope, JsonObject set, JsonObject old)
    {
        if (scope != UpdateScope.Main)
        {
            return;
        }
        var (now, before) = (set.DeepClone().AsObject(), old["spec"]?["template"]);
        DaemonSetDefaults.Apply(now);
        Write(set, Read(old) + (JsonNode.DeepEquals(now["spec"]!["template"], before) ? 0 : 1));
    }

    private static long Read(JsonObject set) =>
        long.TryParse(set.Object("metadata").Object("annotations").Text(Annotation), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static void Write(JsonObject set, long number) =>
        set.Ensure("metadata").Ensure("annotations")[Annotation] = number.ToString(CultureInfo.InvariantCulture);
}
