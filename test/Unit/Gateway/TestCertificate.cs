using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Vitrine.Model.Plans.Gateway;

namespace Vitrine.Unit.Gateway;

/// <summary>Certificates for names, signed by themselves or by an authority of the test's.</summary>
internal static class TestCertificate
{
    public static X509Certificate2 Authority { get; } = Sign("an authority", null, DateTimeOffset.UnixEpoch, ca: true);

    public static X509Certificate2 For(string name, DateTimeOffset? from = null, DateTimeOffset? until = null) => Sign(name, Authority, from ?? DateTimeOffset.UnixEpoch.AddYears(1), until);

    public static ServerCertificate Planned(string name, string secret, X509Certificate2? certificate = null)
    {
        var shown = certificate ?? For(name);
        return new ServerCertificate([name], secret, shown.ExportCertificatePem(), shown.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
    }

    private static X509Certificate2 Sign(string name, X509Certificate2? authority, DateTimeOffset from, DateTimeOffset? until = null, bool ca = false)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(ca, false, 0, true));
        if (!ca)
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName(name);
            request.CertificateExtensions.Add(names.Build());
        }
        until ??= new DateTimeOffset(2049, 1, 1, 0, 0, 0, TimeSpan.Zero);
        if (authority is null)
            return request.CreateSelfSigned(from, until.Value);
        using var signed = request.Create(authority, from, until.Value, RandomNumberGenerator.GetBytes(8));
        return signed.CopyWithPrivateKey(key);
    }
}
