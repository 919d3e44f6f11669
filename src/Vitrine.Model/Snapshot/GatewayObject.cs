using System.Globalization;
using System.Text.Json;

namespace Vitrine.Model.Snapshot;

/// <summary>An object of gateway.networking.k8s.io, which the client has no models of: who it is, and its spec as written.</summary>
/// <param name="Kind">GatewayClass, Gateway, HTTPRoute, GRPCRoute, TLSRoute, BackendTLSPolicy or ReferenceGrant</param>
/// <param name="Namespace">empty for a class</param>
/// <param name="Created">of two that want the same, the older one has it</param>
/// <param name="Spec">defaulted and valid</param>
public sealed record GatewayObject(string Kind, string Namespace, string Name, string Uid, long Generation, DateTimeOffset Created, JsonElement Spec)
{
    /// <summary>status as the API has it; undefined where there is none.</summary>
    public JsonElement Status { get; init; }

    public string Key => $"{Namespace}/{Name}";

    /// <summary>True where nothing but the status is another.</summary>
    public bool AsksTheSame(GatewayObject other) => ReferenceEquals(this, other)
        || (Kind == other.Kind && Key == other.Key && Uid == other.Uid && Generation == other.Generation && Created == other.Created && Spec.GetRawText() == other.Spec.GetRawText());

    public static GatewayObject Read(string kind, JsonElement value)
    {
        var metadata = value.GetProperty("metadata");
        return new GatewayObject(
            kind, metadata.Text("namespace"), metadata.Text("name"), metadata.Text("uid"), metadata.Number("generation") ?? 0,
            DateTimeOffset.TryParse(metadata.Text("creationTimestamp"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var created) ? created : default,
            value.Part("spec").Kept())
        {
            Status = value.Part("status").Kept(),
        };
    }
}
