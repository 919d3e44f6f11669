using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Vitrine.Clusters;

/// <summary>
/// The cluster's certificate authority and what it signed: ECDSA P-256, PEM files of mode 0600. A leaf that is missing or
/// within thirty days of its end is issued again by the next `up`.
/// </summary>
internal sealed class Pki(string folder, TimeProvider time)
{
    private static readonly TimeSpan RenewBefore = TimeSpan.FromDays(30);

    public string CaFile => Path.Combine(folder, "ca.crt");

    public string CaPem => File.ReadAllText(CaFile);

    public X509Certificate2 Ca => X509CertificateLoader.LoadCertificateFromFile(CaFile);

    /// <summary>Makes the authority unless it is there.</summary>
    public void EnsureAuthority(string commonName)
    {
        if (File.Exists(CaFile) && File.Exists(KeyFile("ca")))
        {
            return;
        }

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={commonName}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign | X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        using var certificate = request.CreateSelfSigned(time.GetUtcNow().AddMinutes(-5), time.GetUtcNow().AddYears(10));
        PrivateFile.Write(KeyFile("ca"), key.ExportPkcs8PrivateKeyPem());
        PrivateFile.Write(CaFile, certificate.ExportCertificatePem());
    }

    /// <summary>Issues a client certificate: the user is the common name, the groups are the organisations (as Kubernetes reads them).</summary>
    public void EnsureClient(string name, string user, string? group) =>
        Ensure(name, group is null ? $"CN={user}" : $"O={group}, CN={user}", "1.3.6.1.5.5.7.3.2", [], []);

    /// <summary>Issues a serving certificate for the names and addresses.</summary>
    public void EnsureServing(string name, string commonName, IEnumerable<string> dnsNames, IEnumerable<IPAddress> addresses) =>
        Ensure(name, $"CN={commonName}", "1.3.6.1.5.5.7.3.1", dnsNames, addresses);

    public X509Certificate2 Load(string name) => Load(CertificateFile(name), KeyFile(name));

    /// <summary>A certificate with its key out of two PEM files, as TLS wants it.</summary>
    public static X509Certificate2 Load(string certificateFile, string keyFile)
    {
        using var pem = X509Certificate2.CreateFromPemFile(certificateFile, keyFile);

        // SslStream wants a key that is not tied to the PEM import.
        return X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
    }

    /// <summary>The authority with its key, to sign what the cluster's own requests ask for.</summary>
    public X509Certificate2 LoadAuthority() => X509Certificate2.CreateFromPemFile(CaFile, KeyFile("ca"));

    /// <summary>Makes the key that signs ServiceAccount tokens unless it is there. It stays as long as the cluster: tokens outlive a restart.</summary>
    public ECDsa EnsureTokenKey()
    {
        if (!File.Exists(KeyFile("sa")))
        {
            using var fresh = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            PrivateFile.Write(KeyFile("sa"), fresh.ExportPkcs8PrivateKeyPem());
        }

        var key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(KeyFile("sa")));
        return key;
    }

    public void Remove(string name)
    {
        File.Delete(CertificateFile(name));
        File.Delete(KeyFile(name));
    }

    public string CertificatePem(string name) => File.ReadAllText(CertificateFile(name));

    public string KeyPem(string name) => File.ReadAllText(KeyFile(name));

    private string CertificateFile(string name) => Path.Combine(folder, $"{name}.crt");

    private string KeyFile(string name) => Path.Combine(folder, $"{name}.key");

    private void Ensure(string name, string subject, string usage, IEnumerable<string> dnsNames, IEnumerable<IPAddress> addresses)
    {
        if (StillGood(name))
        {
            return;
        }

        using var authority = LoadAuthority();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        var names = new SubjectAlternativeNameBuilder();
        var any = false;
        foreach (var dns in dnsNames)
        {
            names.AddDnsName(dns);
            any = true;
        }

        foreach (var address in addresses)
        {
            names.AddIpAddress(address);
            any = true;
        }

        if (any)
        {
            request.CertificateExtensions.Add(names.Build());
        }

        var now = time.GetUtcNow();
        var end = now.AddYears(1) < authority.NotAfter.ToUniversalTime() ? now.AddYears(1) : authority.NotAfter.ToUniversalTime();
        using var certificate = request.Create(authority, now.AddMinutes(-5), end, RandomNumberGenerator.GetBytes(16));
        PrivateFile.Write(KeyFile(name), key.ExportPkcs8PrivateKeyPem());
        PrivateFile.Write(CertificateFile(name), certificate.ExportCertificatePem());
    }

    private bool StillGood(string name)
    {
        if (!File.Exists(CertificateFile(name)) || !File.Exists(KeyFile(name)))
        {
            return false;
        }

        using var certificate = X509CertificateLoader.LoadCertificateFromFile(CertificateFile(name));
        return certificate.NotAfter.ToUniversalTime() - time.GetUtcNow() > RenewBefore;
    }
}
