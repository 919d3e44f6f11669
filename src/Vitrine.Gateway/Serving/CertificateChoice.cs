using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Security.Authentication;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;
using Vitrine.Gateway.Listening;
using Vitrine.Model.Plans.Gateway;

namespace Vitrine.Gateway.Serving;

/// <summary>Which certificate a client is shown: the plan's for the name in its greeting, at this moment. Keys are read when first needed, once.</summary>
internal sealed partial class CertificateChoice(Func<ServedPlan> current, ILogger logger)
{
    private readonly ConditionalWeakTable<ServerCertificate, ServedCertificate> read = [];

    /// <summary>Throws <see cref="AuthenticationException"/>, which ends the handshake, where there is none to show.</summary>
    public ValueTask<SslServerAuthenticationOptions> ChooseAsync(TlsHandshakeCallbackContext handshake)
    {
        var arrival = handshake.Connection.Features.Get<Arrival>()!;
        var name = handshake.ClientHelloInfo.ServerName ?? "";
        arrival.ServerName = name.Length == 0 ? null : name;
        if (current().Index.Find(arrival.Listener.Name)?.Certificate(name) is not { } planned)
            throw new AuthenticationException($"no certificate for {(name.Length == 0 ? "clients that ask for no name" : name)}");
        arrival.Shown = planned;
        if (!read.TryGetValue(planned, out var certificate))
        {
            certificate = read.GetValue(planned, ServedCertificate.Read);
            if (certificate.Problem is { } problem)
                Unusable(logger, problem);
        }
        return certificate.Options is { } options ? ValueTask.FromResult(options) : throw new AuthenticationException(certificate.Problem);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Problem}")]
    private static partial void Unusable(ILogger logger, string problem);
}
