using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Defaulting;

/// <summary>Source: pkg/apis/networking/v1/defaults.go.</summary>
internal static class IngressClassDefaults
{
    public static void Apply(JsonObject value) => value.Object("spec").Object("parameters")?.DefaultText("scope", "Cluster");
}
