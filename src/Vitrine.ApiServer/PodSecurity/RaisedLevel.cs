using System.Text.Json.Nodes;
using Vitrine.ApiServer.Admission;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.PodSecurity;

/// <summary>Whoever changes what a namespace enforces is told which of its pods would not be let in any more; they stay.</summary>
internal static class RaisedLevel
{
    // Upstream's limit: what is told costs the one who waits for it.
    private const int Most = 3000;

    public static void Warn(AdmissionRequest request, JsonObject ns, JsonObject old)
    {
        var enforced = PodSecurityAdmission.LevelOf(ns.Object("metadata").Object("labels"), "enforce");
        var name = ns.TextAt("metadata.name");
        if (enforced == PodSecurityAdmission.LevelOf(old.Object("metadata").Object("labels"), "enforce") || request.TreeOf("", "pods") is not { } pods)
        {
            return;
        }
        var violations = pods.List(name).Take(Most).Select(stored => (stored.Name, Faults: enforced.Faults(stored.Parse()))).Where(static v => v.Faults.Length > 0).GroupBy(static v => v.Faults).ToArray();
        if (violations.Length == 0)
        {
            return;
        }
        request.Warn($"existing pods in namespace \"{name}\" violate the new PodSecurity enforce level \"{enforced}\"");
        foreach (var same in violations)
        {
            var others = same.Count() - 1;
            request.Warn($"{same.First().Name}{(others == 0 ? "" : $" (and {others} other pod{(others == 1 ? "" : "s")})")}: {same.Key}");
        }
    }
}
