using Microsoft.Extensions.Logging;

namespace Vitrine.ApiServer.Store;

internal static partial class StoreLog
{
    [LoggerMessage(1, LogLevel.Error, "{Count} writes refused by the disk: {Cause}")]
    public static partial void WriteRefused(ILogger logger, int count, string cause);

    [LoggerMessage(2, LogLevel.Warning, "compaction to revision {Horizon} failed, tried again later: {Cause}")]
    public static partial void CompactionFailed(ILogger logger, long horizon, string cause);

    [LoggerMessage(3, LogLevel.Error, "rollback failed: {Cause}")]
    public static partial void RollbackFailed(ILogger logger, string cause);
}
