using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Vitrine.Control.Certificates;

/// <summary>A PKCS#10 request that a CertificateSigningRequest carries: its subject, its names, its key. Its signature was verified.</summary>
internal sealed record SigningRequest(CertificateRequest Request, string CommonName, IReadOnlyList<string> Organizations, X509SubjectAlternativeNameExtension? Names, bool HasForeignNames)
{
    private const string CommonNameOid = "2.5.4.3";
    private const string OrganizationOid = "2.5.4.10";
    private const string NamesOid = "2.5.29.17";

    /// <summary>Null for what is no request, or not signed by its own key.</summary>
    public static SigningRequest? Read(byte[] pem)
    {
        try
        {
            var request = CertificateRequest.LoadSigningRequestPem(Encoding.ASCII.GetString(pem), HashAlgorithmName.SHA256, CertificateRequestLoadOptions.UnsafeLoadCertificateExtensions, RSASignaturePadding.Pkcs1);
            var parts = request.SubjectName.EnumerateRelativeDistinguishedNames(reversed: false).ToArray();
            if (parts.Any(p => p.HasMultipleElements))
            {
                return null;
            }

            var names = request.CertificateExtensions.FirstOrDefault(e => e.Oid?.Value == NamesOid);
            var common = parts.Where(p => p.GetSingleElementType().Value == CommonNameOid).ToArray();
            return new SigningRequest(
                request,
                common.Length == 1 ? common[0].GetSingleElementValue() ?? "" : "",
                [.. parts.Where(p => p.GetSingleElementType().Value == OrganizationOid).Select(p => p.GetSingleElementValue() ?? "")],
                names is null ? null : new X509SubjectAlternativeNameExtension(names.RawData),
                names is not null && HasForeign(names.RawData));
        }
        catch (Exception e) when (e is CryptographicException or AsnContentException or ArgumentException)
        {
            return null;
        }
    }

    public bool HasNames => Names is not null && (Names.EnumerateDnsNames().Any() || Names.EnumerateIPAddresses().Any());

    /// <summary>GeneralNames (RFC 5280, 4.2.1.6) other than dNSName [2] and iPAddress [7].</summary>
    private static bool HasForeign(byte[] der)
    {
        var names = new AsnReader(der, AsnEncodingRules.DER).ReadSequence();
        while (names.HasData)
        {
            var tag = names.PeekTag();
            if (tag.TagClass != TagClass.ContextSpecific || tag.TagValue is not (2 or 7))
            {
                return true;
            }

            names.ReadEncodedValue();
        }

        return false;
    }
}
