using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Vitrine.Cluster;

/// <summary>A self-signed certificate for names, in files as kubectl and curl take them; gone after use.</summary>
internal sealed class TestCertificate : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("vitrine-certificate-").FullName;

    public TestCertificate(params string[] names)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            alternatives.AddDnsName(name);
        }

        var request = new CertificateRequest($"CN={names[0]}", key, HashAlgorithmName.SHA256) { CertificateExtensions = { alternatives.Build() } };
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddHours(-1), now.AddDays(1));
        File.WriteAllText(Path, certificate.ExportCertificatePem());
        File.WriteAllText(KeyPath, key.ExportPkcs8PrivateKeyPem());
    }

    public string Path => System.IO.Path.Combine(folder, "tls.crt");

    public string KeyPath => System.IO.Path.Combine(folder, "tls.key");

    /// <summary>As a Secret, new or replaced.</summary>
    public async Task StoreAsync(TestCluster cluster, string ns, string name)
    {
        var secret = await cluster.KubectlAsync($"create secret tls {name} -n {ns} --cert={Path} --key={KeyPath} --dry-run=client -o json");
        await cluster.KubectlAsync("apply -f -", secret);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
