namespace Vitrine.Agent.Pods;

/// <summary>CRI's times: nanoseconds since 1970, 0 for none.</summary>
internal static class UnixNanoseconds
{
    public static DateTimeOffset ToTime(long nanoseconds) => DateTimeOffset.UnixEpoch.AddTicks(nanoseconds / 100);

    /// <summary>As the API holds times: whole seconds.</summary>
    public static DateTime? ToApiTime(long nanoseconds) => nanoseconds <= 0 ? null : ApiTime.Truncate(ToTime(nanoseconds));
}
