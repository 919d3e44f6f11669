using System.Globalization;
using System.Text.Json.Nodes;

namespace Vitrine.ApiServer.PodSecurity;

/// <summary>A level of the Pod Security Standards in one version of Kubernetes.</summary>
/// <param name="Name">"privileged", "baseline" or "restricted".</param>
/// <param name="Version">"latest" or "v1.N".</param>
internal readonly record struct SecurityLevel(string Name, string Version)
{
    public static IReadOnlyList<string> Names { get; } = ["privileged", "baseline", "restricted"];

    public static SecurityLevel Privileged { get; } = new("privileged", "latest");

    public override string ToString() => $"{Name}:{Version}";

    /// <summary>Minor version of "v1.N", the highest for "latest"; null for anything else.</summary>
    public static int? Minor(string version) => version == "latest" ? int.MaxValue
        : version.StartsWith("v1.", StringComparison.Ordinal) && int.TryParse(version.AsSpan(3), NumberStyles.None, CultureInfo.InvariantCulture, out var minor) ? minor : null;

    /// <summary>"reason (detail), …", or "" for a pod that keeps to it.</summary>
    public string Faults(JsonObject pod)
    {
        var minor = Minor(Version) ?? int.MaxValue;
        IEnumerable<SecurityCheck> restricted = Name == "restricted" ? RestrictedChecks.All.Where(c => c.Since <= minor) : [];
        IEnumerable<SecurityCheck> checks = Name == "privileged" ? [] : [.. BaselineChecks.All.Where(c => c.Since <= minor && !restricted.Any(r => r.Replaces == c.Reason)), .. restricted];
        return string.Join(", ", checks.Select(c => (c.Reason, Detail: c.Fault(pod, minor))).Where(static f => f.Detail.Length > 0).Select(static f => $"{f.Reason} ({f.Detail})"));
    }
}
