using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Vitrine.ApiServer.Validation;

/// <summary>Source: pkg/apis/certificates/validation.</summary>
internal static class SigningRequestRules
{
    private const int MinSeconds = 600;

    private static readonly string[] Usages =
    [
        "signing", "digital signature", "content commitment", "key encipherment", "key agreement", "data encipherment", "cert sign", "crl sign",
        "encipher only", "decipher only", "any", "server auth", "client auth", "code signing", "email protection", "s/mime", "ipsec end system",
        "ipsec tunnel", "ipsec user", "timestamping", "ocsp signing", "microsoft sgc", "netscape sgc",
    ];

    public static void Check(JsonObject csr, JsonObject? old, List<FieldCause> causes)
    {
        var (spec, status) = (csr.Object("spec") ?? [], csr.Object("status"));
        if (old is null)
        {
            Spec(spec, causes);
        }
        Conditions(status, causes);
        if (old.Object("status") is not { } before)
        {
            return;
        }
        foreach (var type in (ReadOnlySpan<string>)["Approved", "Denied", "Failed"])
        {
            if (Has(before, type) && !Has(status, type))
            {
                causes.Add(Cause.Forbidden("status.conditions", $"updates may not remove a condition of type \"{type}\""));
            }
        }
        if (before.Text("certificate") is { Length: > 0 } issued && status.Text("certificate") != issued)
        {
            causes.Add(Cause.Forbidden("status.certificate", "updates may not modify existing certificate content"));
        }
    }

    private static void Spec(JsonObject spec, List<FieldCause> causes)
    {
        Request(spec.Text("request"), causes);
        if (causes.Require(spec, "spec", "signerName"))
        {
            Signer(spec.Text("signerName"), causes);
        }
        if (spec.Number("expirationSeconds") is < MinSeconds and { } seconds)
        {
            causes.Add(Cause.Invalid("spec.expirationSeconds", seconds, "may not specify a duration less than 600 seconds (10 minutes)"));
        }
        var usages = (spec.Array("usages") ?? []).Select(usage => usage.AsText() ?? "").ToArray();
        if (usages.Length == 0)
        {
            causes.Add(Cause.Required("spec.usages"));
        }
        var seen = new HashSet<string>();
        for (var i = 0; i < usages.Length; i++)
        {
            if (!Usages.Contains(usages[i]))
            {
                causes.Add(Cause.NotSupported($"spec.usages[{i}]", usages[i], Usages.Order(StringComparer.Ordinal).ToArray()));
            }
            if (!seen.Add(usages[i]))
            {
                causes.Add(Cause.Duplicate($"spec.usages[{i}]", usages[i]));
            }
        }
    }

    /// <summary>PKCS #10 in PEM (RFC 7468 section 7), signed by the key it asks for.</summary>
    private static void Request(string base64, List<FieldCause> causes)
    {
        try
        {
            var pem = System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(base64));
            if (!PemEncoding.TryFind(pem, out var found) || pem[found.Label] != "CERTIFICATE REQUEST")
            {
                causes.Add(Cause.Invalid("spec.request", base64, "PEM block type must be CERTIFICATE REQUEST"));
                return;
            }
            CertificateRequest.LoadSigningRequest(Convert.FromBase64String(pem[found.Base64Data]), HashAlgorithmName.SHA256, CertificateRequestLoadOptions.UnsafeLoadCertificateExtensions);
        }
        catch (Exception e) when (e is CryptographicException or AsnContentException or FormatException or NotSupportedException)
        {
            causes.Add(Cause.Invalid("spec.request", base64, e.Message));
        }
    }

    private static void Signer(string name, List<FieldCause> causes)
    {
        var parts = name.Split('/');
        if (parts.Length != 2 || !parts[0].Contains('.', StringComparison.Ordinal))
        {
            causes.Add(Cause.Invalid("spec.signerName", name, "must be a fully qualified domain and path of the form 'example.com/signer-name'"));
            return;
        }
        causes.Named("spec.signerName", parts[0], Names.Subdomain);
        causes.Named("spec.signerName", parts[1], Names.Subdomain);
    }

    private static void Conditions(JsonObject? status, List<FieldCause> causes)
    {
        var (index, decided) = (0, "");
        var seen = new HashSet<string>();
        foreach (var condition in status.Objects("conditions"))
        {
            var path = $"status.conditions[{index++}]";
            causes.Require(condition, path, "type");
            var type = condition.Text("type");
            if (causes.Require(condition, path, "status"))
            {
                string[] supported = type is "Approved" or "Denied" or "Failed" ? ["True"] : ["True", "False", "Unknown"];
                causes.OneOf(condition, path, "status", supported);
            }
            if (!seen.Add(type))
            {
                causes.Add(Cause.Duplicate($"{path}.type", type));
            }
            if (type is not ("Approved" or "Denied"))
            {
                continue;
            }
            if (decided.Length > 0 && decided != type)
            {
                causes.Add(Cause.Invalid($"{path}.type", type, "Approved and Denied conditions are mutually exclusive"));
            }
            decided = type;
        }
    }

    private static bool Has(JsonObject? status, string type) => status.Objects("conditions").Any(c => c.Text("type") == type);
}
