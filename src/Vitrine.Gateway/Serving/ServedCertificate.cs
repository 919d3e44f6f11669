using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Vitrine.Model.Plans.Gateway;

namespace Vitrine.Gateway.Serving;

/// <summary>A certificate of the plan as TLS needs it. One that has expired is shown nevertheless: whether to go on is for the client to say.</summary>
internal sealed class ServedCertificate
{
    private ServedCertificate(SslServerAuthenticationOptions? options, string? problem) => (Options, Problem) = (options, problem);

    /// <summary>Null for one that cannot be used.</summary>
    public SslServerAuthenticationOptions? Options { get; }

    /// <summary>Why not; never with any of the key in it.</summary>
    public string? Problem { get; }

    public static ServedCertificate Read(ServerCertificate planned)
    {
        try
        {
            using var read = X509Certificate2.CreateFromPem(planned.Chain, planned.Key);
            var chain = new X509Certificate2Collection();
            chain.ImportFromPem(planned.Chain);
            var context = SslStreamCertificateContext.Create(new X509Certificate2(read), [.. chain.Skip(1)], offline: true);
            return new ServedCertificate(
                new SslServerAuthenticationOptions
                {
                    ServerCertificateContext = context,
                    EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                    ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
                    AllowRenegotiation = false,
                    ClientCertificateRequired = false,
                },
                null);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            return new ServedCertificate(null, $"the certificate of Secret {planned.Secret} cannot be used: {e.Message}");
        }
    }
}
