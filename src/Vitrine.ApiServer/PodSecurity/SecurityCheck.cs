using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.PodSecurity;

/// <summary>One rule of the Pod Security Standards (https://kubernetes.io/docs/concepts/security/pod-security-standards/).</summary>
/// <param name="Reason">As messages name it, e.g. "host namespaces".</param>
/// <param name="Since">Minor version of Kubernetes that has it.</param>
/// <param name="Fault">From a pod (metadata and spec) and the minor version asked for: what is wrong, or "".</param>
internal sealed record SecurityCheck(string Reason, int Since, Func<JsonObject, int, string> Fault)
{
    /// <summary>Set where a restricted check asks for more than a baseline one, which is then left out.</summary>
    public string Replaces { get; init; } = "";

    public static IEnumerable<JsonObject> Containers(JsonObject pod) =>
        ((string[])["initContainers", "containers", "ephemeralContainers"]).SelectMany(list => pod.Object("spec").Objects(list));

    public static JsonObject? Security(JsonObject part) => part.Object("securityContext");

    /// <summary>"container "a" WHAT" or "containers "a", "b" WHAT", or "".</summary>
    public static string Of(IEnumerable<JsonObject> containers, string what) => Of("container", containers, what);

    public static string Of(string noun, IEnumerable<JsonObject> named, string what)
    {
        string[] names = [.. named.Select(static c => $"\"{c.Text("name")}\"")];
        return names.Length == 0 ? "" : $"{noun}{(names.Length == 1 ? "" : "s")} {string.Join(", ", names)} {what}".TrimEnd();
    }

    public static string Join(string separator, params IEnumerable<string> parts) => string.Join(separator, parts.Where(static p => p.Length > 0));
}
