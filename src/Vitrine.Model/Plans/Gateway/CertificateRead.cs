using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Plans.Gateway;

/// <summary>A Secret of type kubernetes.io/tls → what a server shows.</summary>
internal static class CertificateRead
{
    /// <param name="secret">null where there is none</param>
    /// <param name="key">namespace/name it was asked for by</param>
    /// <param name="hosts">names it is to be shown for</param>
    /// <returns>null with the reason; the reason alone where it is shown all the same, since it is valid for other names</returns>
    public static (ServerCertificate? Certificate, string? Fault) Of(Secret? secret, string key, IReadOnlyCollection<string> hosts)
    {
        if (secret is null)
            return (null, $"secret/{key} does not exist; create it: kubectl create secret tls {key[(key.IndexOf('/') + 1)..]} -n {key[..key.IndexOf('/')]} --cert=… --key=…");
        if (secret.Values.GetValueOrDefault("tls.crt") is not { Length: > 0 } chain || secret.Values.GetValueOrDefault("tls.key") is not { Length: > 0 } pem)
            return (null, $"secret/{key} is of type {secret.Type} and lacks tls.crt or tls.key; it must be of type kubernetes.io/tls");
        try
        {
            using var certificate = X509Certificate2.CreateFromPem(chain, pem);
            var foreign = hosts.Where(h => h != "*" && !certificate.MatchesHostname(h.StartsWith('*') ? "a" + h[1..] : h)).ToArray();
            return (new ServerCertificate([.. hosts], key, chain, pem), foreign.Length == 0 ? null : $"the certificate in secret/{key} is not valid for {string.Join(", ", foreign)}; clients will refuse it");
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            // The message of the exception may quote what it could not read.
            return (null, $"secret/{key} holds no certificate and key that belong together");
        }
    }
}
