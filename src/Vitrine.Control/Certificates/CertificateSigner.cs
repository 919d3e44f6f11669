using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Vitrine.Control.Certificates;

/// <summary>Signs with the cluster's CA: subject, key and names of the request, usages of the object, and nothing else of either.</summary>
internal sealed class CertificateSigner(X509Certificate2 authority, TimeProvider time)
{
    private static readonly TimeSpan Year = TimeSpan.FromDays(365);
    private static readonly TimeSpan Least = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    /// <summary>The certificate as PEM bytes.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="usages">spec.usages.</param>
    /// <param name="expirationSeconds">spec.expirationSeconds; a year is the most.</param>
    public byte[] Sign(SigningRequest request, IEnumerable<string> usages, int? expirationSeconds)
    {
        var (key, purposes) = (X509KeyUsageFlags.None, new OidCollection());
        foreach (var usage in usages)
        {
            switch (usage)
            {
                case "digital signature":
                    key |= X509KeyUsageFlags.DigitalSignature;
                    break;
                case "key encipherment":
                    key |= X509KeyUsageFlags.KeyEncipherment;
                    break;
                case "client auth":
                    purposes.Add(new Oid("1.3.6.1.5.5.7.3.2"));
                    break;
                case "server auth":
                    purposes.Add(new Oid("1.3.6.1.5.5.7.3.1"));
                    break;
            }
        }

        var fresh = new CertificateRequest(request.Request.SubjectName, request.Request.PublicKey, HashAlgorithmName.SHA256);
        fresh.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        fresh.CertificateExtensions.Add(new X509KeyUsageExtension(key, true));
        fresh.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(purposes, false));
        fresh.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, authority.Extensions.Any(e => e is X509SubjectKeyIdentifierExtension), !authority.Extensions.Any(e => e is X509SubjectKeyIdentifierExtension)));
        if (request.Names is not null)
        {
            fresh.CertificateExtensions.Add(request.Names);
        }

        var now = time.GetUtcNow();
        var asked = expirationSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : Year;
        var until = now + (asked < Least ? Least : asked > Year ? Year : asked);
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] &= 0x7f;
        using var rsa = authority.GetRSAPrivateKey();
        using var ecdsa = authority.GetECDsaPrivateKey();
        var generator = rsa is not null ? X509SignatureGenerator.CreateForRSA(rsa, RSASignaturePadding.Pkcs1) : X509SignatureGenerator.CreateForECDsa(ecdsa!);
        using var signed = fresh.Create(authority.SubjectName, generator, now - ClockSkew, until < authority.NotAfter ? until : authority.NotAfter, serial);
        return Encoding.ASCII.GetBytes(signed.ExportCertificatePem() + "\n");
    }
}
