namespace Vitrine.ApiServer.Definitions;

/// <summary>Groups that belong to the Kubernetes project; its definitions carry an approval (KEP-2337).</summary>
internal static class ProtectedGroups
{
    public const string Annotation = "api-approved.kubernetes.io";

    public static bool Has(string group) => group is "k8s.io" or "kubernetes.io" || group.EndsWith(".k8s.io", StringComparison.Ordinal) || group.EndsWith(".kubernetes.io", StringComparison.Ordinal);
}
