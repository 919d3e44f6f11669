using Vitrine.ApiServer.Admission;
using Vitrine.ApiServer.Table;
using Vitrine.ApiServer.Validation;

namespace Vitrine.ApiServer.Kinds;

/// <summary>Group certificates.k8s.io.</summary>
internal static class CertificatesKinds
{
    public static Kind CertificateSigningRequest { get; } = new()
    {
        Group = "certificates.k8s.io",
        Version = "v1",
        Name = "CertificateSigningRequest",
        Plural = "certificatesigningrequests",
        Singular = "certificatesigningrequest",
        Namespaced = false,
        ShortNames = ["csr"],
        Subresources = ["approval", "status"],
        Schema = "io.k8s.api.certificates.v1.CertificateSigningRequest",
        Prepare = SigningRequestAdmission.Sign,
        PrepareUpdate = SigningRequestAdmission.Keep,
        Validate = SigningRequestRules.Check,
        Table = SigningRequestTable.Layout,
        SelectableFields = SelectableFields.OfSigningRequests,
    };
}
