using System.Collections.Immutable;
using k8s;
using k8s.Models;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Watching;

/// <summary>Secrets and ConfigMaps that something refers to, each watched by its name: no other is ever asked for, let alone all of a cluster's.</summary>
/// <param name="client">the API</param>
/// <param name="changed">hears that one came, changed or went, and that one was looked for the first time</param>
/// <param name="failed">hears why a request did not work</param>
/// <param name="time">the clock</param>
/// <param name="door">shared with the other watches of the process; null for one of its own</param>
public sealed class ReferenceWatch(Kubernetes client, Action changed, Action<string> failed, TimeProvider time, ApiDoor? door = null) : IAsyncDisposable
{
    private readonly ApiDoor door = door ?? new ApiDoor(time);
    private readonly Lock writing = new();
    private readonly Dictionary<string, Followed> followed = new(StringComparer.Ordinal);
    private ImmutableDictionary<string, Secret> secrets = ImmutableDictionary<string, Secret>.Empty;
    private ImmutableDictionary<string, ConfigMap> configMaps = ImmutableDictionary<string, ConfigMap>.Empty;

    private sealed record Followed(CancellationTokenSource Stop, Task Running)
    {
        /// <summary>It was asked for; an API that refuses has answered, too.</summary>
        public bool Known { get; set; }
    }

    /// <summary>All that is followed was looked for: what is not there now is absent.</summary>
    public bool Complete
    {
        get
        {
            lock (writing)
                return followed.Values.All(f => f.Known);
        }
    }

    /// <summary>The snapshot with what is known of them.</summary>
    public ClusterSnapshot Into(ClusterSnapshot snapshot)
    {
        lock (writing)
            return ReferenceEquals(snapshot.Secrets, secrets) && ReferenceEquals(snapshot.ConfigMaps, configMaps) ? snapshot : snapshot with { Secrets = secrets, ConfigMaps = configMaps };
    }

    /// <summary>From now on exactly these, by namespace/name; what is not among them is forgotten.</summary>
    public void Follow(IReadOnlySet<string> wantedSecrets, IReadOnlySet<string> wantedMaps)
    {
        lock (writing)
        {
            foreach (var gone in followed.Keys.Where(k => !(k.StartsWith("secrets ", StringComparison.Ordinal) ? wantedSecrets : wantedMaps).Contains(k[(k.IndexOf(' ') + 1)..])).ToArray())
            {
                followed.Remove(gone, out var ended);
                ended!.Stop.Cancel();
                secrets = gone.StartsWith("secrets ", StringComparison.Ordinal) ? secrets.Remove(gone[8..]) : secrets;
                configMaps = gone.StartsWith("configmaps ", StringComparison.Ordinal) ? configMaps.Remove(gone[11..]) : configMaps;
            }
            foreach (var key in wantedSecrets)
                Start<V1Secret>("secrets", key, found => secrets = found is null ? secrets.Remove(key) : secrets.SetItem(key, IngressReader.Read(found)));
            foreach (var key in wantedMaps)
                Start<V1ConfigMap>("configmaps", key, found => configMaps = found is null ? configMaps.Remove(key) : configMaps.SetItem(key, IngressReader.Read(found)));
        }
    }

    public async ValueTask DisposeAsync()
    {
        Followed[] all;
        lock (writing)
        {
            all = [.. followed.Values];
            followed.Clear();
        }
        foreach (var one in all)
            await one.Stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(all.Select(o => o.Running)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void Start<T>(string plural, string key, Action<T?> set) where T : class
    {
        if (followed.ContainsKey($"{plural} {key}") || key.Split('/') is not [var ns, var name])
            return;
        var stop = new CancellationTokenSource();
        followed[$"{plural} {key}"] = new Followed(stop, Task.Run(RunAsync));

        async Task RunAsync()
        {
            var path = $"api/v1/namespaces/{Uri.EscapeDataString(ns)}/{plural}";
            await foreach (var change in new ResourceWatch<T>(client, path, $"fieldSelector=metadata.name%3D{Uri.EscapeDataString(name)}", time, door: door).RunAsync(Failed, stop.Token).ConfigureAwait(false))
                Heard(change.Kind == WatchChangeKind.Deleted ? null : change.Objects.FirstOrDefault());
        }

        void Failed(string reason)
        {
            failed(reason);
            Heard(null, false);
        }

        void Heard(T? found, bool answered = true)
        {
            lock (writing)
            {
                if (!followed.TryGetValue($"{plural} {key}", out var own) || own.Stop != stop)
                    return;
                // A watch that breaks keeps what it had: only an answer says that something is gone.
                if (answered)
                    set(found);
                else if (own.Known)
                    return;
                own.Known = true;
            }
            changed();
        }
    }
}
