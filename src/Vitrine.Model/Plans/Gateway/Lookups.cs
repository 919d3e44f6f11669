using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Plans.Gateway;

/// <summary>What one object's compilation looked at besides the object: as long as that stays, so does the result.</summary>
internal sealed class Lookups(ClusterSnapshot snapshot)
{
    private readonly Dictionary<string, Service?> services = [];
    private readonly Dictionary<string, Secret?> secrets = [];
    private readonly Dictionary<string, ConfigMap?> configMaps = [];

    /// <summary>namespace/name of each that was asked for, there or not.</summary>
    public IEnumerable<string> Secrets => secrets.Keys;

    public IEnumerable<string> ConfigMaps => configMaps.Keys;

    public Service? Service(string key) => services[key] = snapshot.Services.GetValueOrDefault(key);

    public Secret? Secret(string key) => secrets[key] = snapshot.Secrets.GetValueOrDefault(key);

    public ConfigMap? ConfigMap(string key) => configMaps[key] = snapshot.ConfigMaps.GetValueOrDefault(key);

    /// <summary>The ports are all that a route takes from a Service: its endpoints come and go, and so does its status.</summary>
    public bool Hold(ClusterSnapshot now) =>
        services.All(s => now.Services.GetValueOrDefault(s.Key) is var there && (ReferenceEquals(there, s.Value) || (there is not null && s.Value is not null && there.Type == s.Value.Type && there.Ports.SequenceEqual(s.Value.Ports))))
        && secrets.All(s => ReferenceEquals(now.Secrets.GetValueOrDefault(s.Key), s.Value))
        && configMaps.All(m => ReferenceEquals(now.ConfigMaps.GetValueOrDefault(m.Key), m.Value));
}
