using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Vitrine.Agent.Streaming;

/// <summary>Who may call the kubelet API: client certificates of the cluster's CA in group system:masters. exec is root on the node.</summary>
internal sealed class KubeletClients(X509Certificate2 clusterCa, TimeProvider time)
{
    private const string Organization = "2.5.4.10";
    private const string Group = "system:masters";
    private static readonly Oid ClientAuth = new("1.3.6.1.5.5.7.3.2");

    public bool Allows(X509Certificate2 certificate)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(clusterCa);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        // Never fetch what a stranger's certificate points to.
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ApplicationPolicy.Add(ClientAuth);
        chain.ChainPolicy.VerificationTime = time.GetUtcNow().UtcDateTime;
        return chain.Build(certificate) && certificate.SubjectName.EnumerateRelativeDistinguishedNames()
            .Any(part => !part.HasMultipleElements && part.GetSingleElementType().Value == Organization && part.GetSingleElementValue() == Group);
    }
}
