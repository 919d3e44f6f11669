using Microsoft.Extensions.Logging;

namespace Vitrine.Verbs;

/// <summary>Log lines of the long-running verbs: one line each on standard output, with the time in UTC.</summary>
internal static class ComponentLogs
{
    public static ILoggerFactory Create() => LoggerFactory.Create(b => b
        .SetMinimumLevel(LogLevel.Information)
        .AddFilter("Microsoft", LogLevel.Warning)
        .AddFilter("Grpc", LogLevel.Warning)
        // A line for each request that fails is the access log's.
        .AddFilter("Yarp", LogLevel.Error)
        .AddFilter("System.Net", LogLevel.Warning)
        .AddSimpleConsole(o =>
        {
            o.SingleLine = true;
            o.UseUtcTimestamp = true;
            o.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
            o.ColorBehavior = Microsoft.Extensions.Logging.Console.LoggerColorBehavior.Disabled;
        }));
}
