using Microsoft.Extensions.Logging;

namespace Vitrine.ApiServer.Http;

internal static partial class EdgeLog
{
    [LoggerMessage(10, LogLevel.Error, "{Method} {Path} failed (Audit-Id {AuditId})")]
    public static partial void RequestFailed(ILogger logger, string method, string path, string auditId, Exception error);

    [LoggerMessage(11, LogLevel.Information, "serving on {Addresses}, revision {Revision}")]
    public static partial void Serving(ILogger logger, string addresses, long revision);
}
