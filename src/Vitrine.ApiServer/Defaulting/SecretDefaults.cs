using System.Text;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Defaulting;

internal static class SecretDefaults
{
    /// <summary>Type Opaque; stringData is written into data and never stored.</summary>
    public static void Apply(JsonObject secret)
    {
        secret.DefaultText("type", "Opaque");
        if (secret.Object("stringData") is not { } plain)
        {
            return;
        }
        foreach (var (key, value) in plain)
        {
            secret.Ensure("data")[key] = Convert.ToBase64String(Encoding.UTF8.GetBytes(value.AsText() ?? ""));
        }
        secret.Remove("stringData");
    }
}
