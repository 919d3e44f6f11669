using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Admission;

/// <summary>The admission plugin DefaultTolerationSeconds: how long a pod stays on a node that has fallen silent.</summary>
internal static class TolerationAdmission
{
    private static readonly string[] Taints = ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"];

    public static void Add(JsonObject spec, int seconds)
    {
        foreach (var taint in Taints)
        {
            if (spec.Objects("tolerations").Any(t => Tolerates(t, taint)))
            {
                continue;
            }
            if (spec.Array("tolerations") is null)
            {
                spec["tolerations"] = new JsonArray();
            }
            spec.Array("tolerations")!.Add((JsonNode)new JsonObject
            {
                ["key"] = taint,
                ["operator"] = "Exists",
                ["effect"] = "NoExecute",
                ["tolerationSeconds"] = seconds,
            });
        }
    }

    private static bool Tolerates(JsonObject toleration, string taint) =>
        (toleration.Text("key") == taint || toleration.Text("key").Length == 0)
        && toleration.Text("effect") is "NoExecute" or "";
}
