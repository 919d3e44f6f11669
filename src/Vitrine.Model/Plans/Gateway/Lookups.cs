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

    /// <summary>It asked for Secrets or ConfigMaps.</summary>
    public bool AsksForValues => secrets.Count > 0 || configMaps.Count > 0;

    public Service? Service(string key) => services[key] = snapshot.Services.GetValueOrDefault(key);

    public Secret? Secret(string key) => secrets[key] = snapshot.Secrets.GetValueOrDefault(key);

    public ConfigMap? ConfigMap(string key) => configMaps[key] = snapshot.ConfigMaps.GetValueOrDefault(key);

    /// <summary>The ports are all that a route takes from a Service: its endpoints come and go, and so does its status.</summary>
    public bool Hold(ClusterSnapshot now)
    {
        foreach (var (key, service) in services)
            if (now.Services.GetValueOrDefault(key) is var there && !ReferenceEquals(there, service) && (there is null || service is null || there.Type != service.Type || !there.Ports.SequenceEqual(service.Ports)))
                return false;
        foreach (var (key, secret) in secrets)
            if (!ReferenceEquals(now.Secrets.GetValueOrDefault(key), secret))
                return false;
        foreach (var (key, map) in configMaps)
            if (!ReferenceEquals(now.ConfigMaps.GetValueOrDefault(key), map))
                return false;
        return true;
    }
}
