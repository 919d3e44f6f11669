using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Vitrine.Model.Plans.Gateway;

namespace Vitrine.Gateway.Forwarding;

/// <summary>How a backend's certificate is judged (BackendTLSPolicy, GEP-1897).</summary>
internal static class BackendTrust
{
    public static RemoteCertificateValidationCallback For(UpstreamTls? tls)
    {
        // ingress-nginx's default for HTTPS backends: encrypted, unverified.
        if (tls is null or { Authorities: "" })
            return static (_, _, _, _) => true;
        var authorities = tls.Authorities is { } pem ? Read(pem) : null;
        return (_, certificate, chain, _) => certificate is X509Certificate2 shown && chain is not null && IsTrusted(shown, chain, authorities, tls.ServerName);
    }

    internal static bool IsTrusted(X509Certificate2 shown, X509Chain offered, X509Certificate2Collection? authorities, string? name)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        if (authorities is not null)
        {
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        }
        chain.ChainPolicy.ExtraStore.AddRange(offered.ChainPolicy.ExtraStore);
        return chain.Build(shown) && (name is null || shown.MatchesHostname(name, allowCommonName: false));
    }

    // What cannot be read trusts nobody.
    private static X509Certificate2Collection Read(string pem)
    {
        var read = new X509Certificate2Collection();
        try
        {
            read.ImportFromPem(pem);
        }
        catch (CryptographicException)
        {
            read.Clear();
        }
        return read;
    }
}
