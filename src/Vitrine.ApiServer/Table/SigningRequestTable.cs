using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Table;

/// <summary>Source: printCertificateSigningRequest of pkg/printers/internalversion.</summary>
internal static class SigningRequestTable
{
    public static TableLayout Layout { get; } = new(
    [
        TableColumn.ObjectName,
        TableColumn.Age,
        new("SignerName", "Indicates the requested signer."),
        new("Requestor", "The user that created the request."),
        new("RequestedDuration", "The requested duration of validity of the issued certificate."),
        new("Condition", "Where the request stands."),
    ],
    static (csr, now) =>
    [
        Ages.NameOf(csr),
        Ages.Of(csr, now),
        WorkloadCells.OrNone(csr.TextAt("spec.signerName")),
        csr.TextAt("spec.username"),
        csr["spec"].Number("expirationSeconds") is { } seconds ? Ages.Human(TimeSpan.FromSeconds(seconds)) : WorkloadCells.None,
        Condition(csr),
    ]);

    private static string Condition(JsonObject csr)
    {
        var types = csr["status"].Objects("conditions").Select(c => c.Text("type")).ToHashSet();
        var decision = types.Contains("Denied") ? "Denied" : types.Contains("Approved") ? "Approved" : "Pending";
        var failed = types.Contains("Failed") ? ",Failed" : "";
        return decision + failed + (csr["status"].Text("certificate").Length > 0 ? ",Issued" : "");
    }
}
