namespace Vitrine.Agent.Pods;

/// <summary>metav1.Time: whole seconds of UTC.</summary>
internal static class ApiTime
{
    public static DateTime Truncate(DateTimeOffset time)
    {
        var utc = time.UtcDateTime;
        return new DateTime(utc.Ticks - (utc.Ticks % TimeSpan.TicksPerSecond), DateTimeKind.Utc);
    }
}
