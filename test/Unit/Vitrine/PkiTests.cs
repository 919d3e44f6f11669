using System.Net;
using System.Security.Cryptography.X509Certificates;
using Vitrine.Clusters;
using Xunit;

namespace Vitrine.Unit.Executable;

public sealed class PkiTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("vitrine-pki-").FullName;

    [Fact]
    public void What_it_issues_verifies_against_its_authority_and_keys_are_private()
    {
        var pki = new Pki(folder, TimeProvider.System);
        pki.EnsureAuthority("test-ca");
        pki.EnsureServing("server", "kube-apiserver", ["localhost"], [IPAddress.Loopback]);
        using var certificate = pki.Load("server");
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(pki.Ca);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        Assert.True(chain.Build(certificate), string.Join("; ", chain.ChainStatus.Select(s => s.StatusInformation)));
        Assert.True(certificate.MatchesHostname("localhost"));
        Assert.All(Directory.EnumerateFiles(folder, "*.key"), f => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(f)));
    }

    [Fact]
    public void A_certificate_is_kept_until_a_month_before_its_end()
    {
        var clock = new FakeTime(DateTimeOffset.Parse("2026-01-01T00:00:00Z", System.Globalization.CultureInfo.InvariantCulture));
        var pki = new Pki(folder, clock);
        pki.EnsureAuthority("test-ca");
        pki.EnsureClient("me", "me", "system:masters");
        var first = pki.CertificatePem("me");
        clock.Now += TimeSpan.FromDays(300);
        pki.EnsureClient("me", "me", "system:masters");
        Assert.Equal(first, pki.CertificatePem("me"));
        clock.Now += TimeSpan.FromDays(40);
        pki.EnsureClient("me", "me", "system:masters");
        Assert.NotEqual(first, pki.CertificatePem("me"));
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private sealed class FakeTime(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
