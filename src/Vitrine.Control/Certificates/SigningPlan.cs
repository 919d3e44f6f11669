using k8s.Models;

namespace Vitrine.Control.Certificates;

/// <summary>
/// Which requests are approved by themselves and which may be signed at all. Only kubelets' certificates are approved here: for a
/// node's own name, exactly as kubelets ask for them (kubernetes.io: "Certificates and Certificate Signing Requests"). The rest waits for an administrator.
/// </summary>
internal static class SigningPlan
{
    public const string KubeletClient = "kubernetes.io/kube-apiserver-client-kubelet";
    public const string KubeletServing = "kubernetes.io/kubelet-serving";
    public const string Client = "kubernetes.io/kube-apiserver-client";
    private const string NodePrefix = "system:node:";
    private const string NodesGroup = "system:nodes";

    /// <summary>The message of the approval, or null where it is not ours to give.</summary>
    public static string? Approval(V1CertificateSigningRequest csr, SigningRequest? request)
    {
        if (request is null || Fault(csr, request) is not null)
        {
            return null;
        }

        var (user, groups) = (csr.Spec.Username ?? "", csr.Spec.Groups ?? []);
        return csr.Spec.SignerName switch
        {
            KubeletClient when user == request.CommonName && groups.Contains(NodesGroup) => "Auto approving self kubelet client certificate after SubjectAccessReview.",
            KubeletClient when groups.Contains("system:bootstrappers") => "Auto approving kubelet client certificate after SubjectAccessReview.",
            KubeletServing when user == request.CommonName && groups.Contains(NodesGroup) => "Auto approving kubelet serving certificate of the node itself.",
            _ => null,
        };
    }

    /// <summary>Why the signer would not sign it even when approved, or null.</summary>
    public static string? Fault(V1CertificateSigningRequest csr, SigningRequest? request) => (csr.Spec.SignerName, request) switch
    {
        (_, null) => "spec.request is no PKCS#10 certificate request signed by its own key",
        (KubeletClient, _) => Node(request)
            ?? (request.Names is not null ? "a kubelet's client certificate has no subject alternative names" : null)
            ?? Usages(csr, "client auth"),
        (KubeletServing, _) => Node(request)
            ?? (!request.HasNames || request.HasForeignNames ? "a kubelet's serving certificate has DNS names or IP addresses and no other names" : null)
            ?? Usages(csr, "server auth"),
        (Client, _) => request.Organizations.Contains("system:masters")
            ? "system:masters is not for certificates of this signer"
            : csr.Spec.Usages.Contains("client auth") && csr.Spec.Usages.All(u => u is "client auth" or "digital signature" or "key encipherment")
                ? null
                : "usages must include client auth, and of others only digital signature and key encipherment",
        _ => "unknown signer",
    };

    private static string? Node(SigningRequest request) =>
        request.CommonName.StartsWith(NodePrefix, StringComparison.Ordinal) && request.CommonName.Length > NodePrefix.Length && request.Organizations is [NodesGroup]
            ? null
            : "the subject must be O=system:nodes, CN=system:node:NAME";

    private static string? Usages(V1CertificateSigningRequest csr, string purpose)
    {
        var usages = csr.Spec.Usages.ToHashSet();
        return usages.SetEquals([purpose, "digital signature"]) || usages.SetEquals([purpose, "digital signature", "key encipherment"])
            ? null
            : $"usages must be digital signature, {purpose} and at most key encipherment besides";
    }
}
