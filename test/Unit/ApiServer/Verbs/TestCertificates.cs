using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Vitrine.Unit.ApiServer.Verbs;

/// <summary>A throw-away CA and what it signs.</summary>
internal sealed class TestCertificates
{
    private static readonly DateTimeOffset s_from = TimeProvider.System.GetUtcNow().AddDays(-10);
    private readonly X509Certificate2 _ca;

    public TestCertificates()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=test-ca", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        _ca = request.CreateSelfSigned(s_from, s_from.AddYears(1));
        Authority = X509CertificateLoader.LoadCertificate(_ca.Export(X509ContentType.Cert));
    }

    public X509Certificate2 Authority { get; }

    public X509Certificate2 Client(string name, string group, int endsInDays = 100) => Issue($"CN={name}, O={group}", "1.3.6.1.5.5.7.3.2", endsInDays);

    public X509Certificate2 Server(IPAddress? address = null) => Issue("CN=server", "1.3.6.1.5.5.7.3.1", 100, address);

    private X509Certificate2 Issue(string subject, string usage, int endsInDays, IPAddress? address = null)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        SubjectAlternativeNameBuilder names = new();
        names.AddIpAddress(address ?? IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        byte[] serial = RandomNumberGenerator.GetBytes(8);
        using X509Certificate2 signed = request.Create(_ca, s_from, TimeProvider.System.GetUtcNow().AddDays(endsInDays), serial);
        using X509Certificate2 keyed = signed.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(keyed.Export(X509ContentType.Pkcs12), null);
    }
}
