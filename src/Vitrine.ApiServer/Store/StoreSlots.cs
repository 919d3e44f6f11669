namespace Vitrine.ApiServer.Store;

/// <summary>
/// Where the objects of each resource are kept: an index into a snapshot's trees, and the window of its changes. A place is never given
/// up while the server runs, so a custom resource that goes and comes back finds its own again.
/// </summary>
internal sealed class StoreSlots(IReadOnlyList<(string Group, string Plural)> names, IReadOnlyList<WatchWindow> windows)
{
    private readonly Dictionary<(string, string), int> _index = names.Select(static (name, i) => (name, i)).ToDictionary(static pair => pair.name, static pair => pair.i);

    public int Count => windows.Count;

    /// <summary>Throws <see cref="KeyNotFoundException"/> for a resource that has no place.</summary>
    public int IndexOf(string group, string plural) => _index[(group, plural)];

    public bool Has(string group, string plural) => _index.ContainsKey((group, plural));

    public WatchWindow Window(int index) => windows[index];

    /// <summary>"leases.coordination.k8s.io", as the log names it.</summary>
    public string Resource(int index) => names[index] is { Group.Length: > 0 } name ? $"{name.Plural}.{name.Group}" : names[index].Plural;

    public StoreSlots With(string group, string plural, WatchWindow window) => new([.. names, (group, plural)], [.. windows, window]);
}
