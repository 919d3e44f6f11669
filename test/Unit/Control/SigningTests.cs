using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using k8s.Models;
using Vitrine.Control.Certificates;
using Xunit;

namespace Vitrine.Unit.Control;

public sealed class SigningTests
{
    [Theory]
    [InlineData("system:node:n1", "system:nodes", "system:node:n1", true)]
    [InlineData("system:node:n1", "system:bootstrappers", "system:bootstrap:abc", true)]
    [InlineData("system:node:n1", "system:nodes", "system:node:n2", false)]
    [InlineData("system:node:n1", "developers", "eve", false)]
    [InlineData("admin", "system:bootstrappers", "system:bootstrap:abc", false)]
    [InlineData("system:node:", "system:bootstrappers", "system:bootstrap:abc", false)]
    public void Only_nodes_and_their_bootstrappers_get_a_nodes_certificate(string subject, string group, string user, bool approved) =>
        Assert.Equal(approved, Approved(Request(subject), SigningPlan.KubeletClient, user, group, ["client auth", "digital signature"]));

    [Fact]
    public void A_client_certificate_with_names_or_other_usages_waits()
    {
        Assert.False(Approved(Request("system:node:n1", dns: "n1"), SigningPlan.KubeletClient, "system:node:n1", "system:nodes", ["client auth", "digital signature"]));
        Assert.False(Approved(Request("system:node:n1"), SigningPlan.KubeletClient, "system:node:n1", "system:nodes", ["client auth", "digital signature", "server auth"]));
        Assert.False(Approved(Request("system:node:n1", organization: "system:masters"), SigningPlan.KubeletClient, "system:node:n1", "system:nodes", ["client auth", "digital signature"]));
    }

    [Theory]
    [InlineData("system:node:n1", null, true)]
    [InlineData("system:node:n2", null, false)]
    [InlineData("system:node:n1", "mail@example.org", false)]
    public void A_serving_certificate_is_for_the_node_that_asks_and_its_addresses(string user, string? mail, bool approved) =>
        Assert.Equal(approved, Approved(Request("system:node:n1", dns: "n1", mail: mail), SigningPlan.KubeletServing, user, "system:nodes", ["server auth", "digital signature"]));

    [Fact]
    public void A_request_another_key_signed_is_none()
    {
        var pem = Encoding.ASCII.GetString(Request("system:node:n1"));
        var der = Convert.FromBase64String(string.Concat(pem.Split('\n')[1..^1].Where(l => !l.StartsWith('-'))));
        der[^5] ^= 1;
        Assert.Null(SigningRequest.Read(Encoding.ASCII.GetBytes(PemEncoding.WriteString("CERTIFICATE REQUEST", der))));
        Assert.Null(SigningRequest.Read("no PEM"u8.ToArray()));
    }

    [Theory]
    [InlineData(null, 365 * 24 * 60)]
    [InlineData(3600, 60)]
    [InlineData(1, 10)]
    public void The_certificate_chains_to_the_authority_and_ends_in_time(int? seconds, int minutes)
    {
        using var authority = Authority();
        var request = SigningRequest.Read(Request("system:node:n1", dns: "n1"))!;
        using var signed = X509Certificate2.CreateFromPem(Encoding.ASCII.GetString(new CertificateSigner(authority, TimeProvider.System).Sign(request, ["server auth", "digital signature"], seconds)));
        using var chain = new X509Chain { ChainPolicy = { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck } };
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        Assert.True(chain.Build(signed));
        Assert.Contains("CN=system:node:n1", signed.Subject, StringComparison.Ordinal);
        Assert.Equal(["n1"], signed.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single().EnumerateDnsNames());
        Assert.InRange(signed.NotAfter.ToUniversalTime(), DateTime.UtcNow.AddMinutes(minutes - 2), DateTime.UtcNow.AddMinutes(minutes + 2));
        Assert.False(signed.Extensions.OfType<X509BasicConstraintsExtension>().Single().CertificateAuthority);
    }

    private static bool Approved(byte[] pem, string signer, string user, string group, string[] usages) => SigningPlan.Approval(
        new V1CertificateSigningRequest { Spec = new V1CertificateSigningRequestSpec { SignerName = signer, Username = user, Groups = [group], Usages = usages, Request = pem } }, SigningRequest.Read(pem)) is not null;

    private static byte[] Request(string commonName, string organization = "system:nodes", string? dns = null, string? mail = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"O={organization}, CN={commonName}", key, HashAlgorithmName.SHA256);
        if (dns is not null)
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName(dns);
            names.AddIpAddress(IPAddress.Loopback);
            if (mail is not null)
            {
                names.AddEmailAddress(mail);
            }

            request.CertificateExtensions.Add(names.Build());
        }

        return Encoding.ASCII.GetBytes(request.CreateSigningRequestPem());
    }

    private static X509Certificate2 Authority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=test-ca", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddYears(5));
    }
}
