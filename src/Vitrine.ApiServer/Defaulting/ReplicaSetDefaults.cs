using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Defaulting;

internal static class ReplicaSetDefaults
{
    public static void Apply(JsonObject set)
    {
        var spec = set.Ensure("spec");
        PodTemplateDefaults.Apply(spec);
        spec.DefaultNumber("replicas", 1);
        set.Ensure("status").DefaultNumber("replicas", 0);
    }
}
