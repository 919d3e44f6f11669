using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Vitrine.ApiServer.Auth;

/// <summary>Turns a client certificate into a user; null for one this cluster's CA did not sign, one out of its time, or one not for clients.</summary>
internal sealed class CertificateAuthenticator(X509Certificate2 clusterCa, TimeProvider time)
{
    private const string CommonName = "2.5.4.3";
    private const string Organization = "2.5.4.10";
    private static readonly Oid s_clientAuth = new("1.3.6.1.5.5.7.3.2");

    public ClientUser? Identify(X509Certificate2? certificate)
    {
        if (certificate is null)
        {
            return null;
        }

        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(clusterCa);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        // Never fetch what a stranger's certificate points to.
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ApplicationPolicy.Add(s_clientAuth);
        chain.ChainPolicy.VerificationTime = time.GetUtcNow().UtcDateTime;
        if (!chain.Build(certificate))
        {
            return null;
        }

        string name = "";
        List<string> groups = [];
        foreach (X500RelativeDistinguishedName part in certificate.SubjectName.EnumerateRelativeDistinguishedNames())
        {
            if (part.HasMultipleElements)
            {
                continue;
            }

            string? value = part.GetSingleElementValue();
            switch (part.GetSingleElementType().Value)
            {
                case CommonName:
                    name = value ?? "";
                    break;
                case Organization when value is not null:
                    groups.Add(value);
                    break;
            }
        }

        return name.Length == 0 ? null : new ClientUser(name, [.. groups.Where(static group => group != ClientUser.Authenticated), ClientUser.Authenticated], certificate.NotAfter);
    }
}
