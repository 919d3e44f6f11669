namespace Vitrine.ApiServer.Kinds;

/// <summary>The one list of kinds this server serves.</summary>
internal static class KindList
{
    public static IReadOnlyList<Kind> All { get; } = [];

    public static Kind? Find(string group, string version, string plural) =>
        All.FirstOrDefault(k => k.Group == group && k.Version == version && k.Plural == plural);
}
