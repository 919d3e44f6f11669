using System.Net;

namespace Vitrine.Model.Explain;

/// <summary>An end of a question.</summary>
/// <param name="Object">"pod/NAMESPACE/NAME", "service/NAMESPACE/NAME", "node/NAME", "host", or the bare address of something outside</param>
/// <param name="Address">of the family asked for; null while it has none</param>
public sealed record Place(string Object, IPAddress? Address)
{
    public static string Pod(string key) => $"pod/{key}";

    public static string Node(string name) => $"node/{name}";

    /// <summary>The machine that the nodes' namespaces are on.</summary>
    public const string Host = "host";

    public string? PodKey => Object.StartsWith("pod/", StringComparison.Ordinal) ? Object["pod/".Length..] : null;

    public static string Service(string key) => $"service/{key}";

    public string? ServiceKey => Object.StartsWith("service/", StringComparison.Ordinal) ? Object["service/".Length..] : null;

    public string? NodeName => Object.StartsWith("node/", StringComparison.Ordinal) ? Object["node/".Length..] : null;
}
