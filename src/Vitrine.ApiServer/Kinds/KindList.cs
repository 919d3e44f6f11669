namespace Vitrine.ApiServer.Kinds;

/// <summary>The one list of kinds this server serves.</summary>
internal static class KindList
{
    public static IReadOnlyList<Kind> All { get; } = [];
}
