namespace Vitrine.Control;

/// <summary>Numbers of a status.</summary>
internal static class StatusCount
{
    /// <summary>Zero is left out of a status, as Go's omitempty does.</summary>
    public static int? Of(int n) => n == 0 ? null : n;
}
