using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Defaulting;

internal static class EventDefaults
{
    /// <summary>Upstream writes these three without omitempty.</summary>
    public static void Apply(JsonObject obj)
    {
        obj.Ensure("source");
        obj["reportingComponent"] ??= "";
        obj["reportingInstance"] ??= "";
    }

    public static void ApplyNewForm(JsonObject obj)
    {
        obj.Ensure("deprecatedSource");
        obj.Ensure("regarding");
    }
}
