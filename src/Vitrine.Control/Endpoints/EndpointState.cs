using System.Collections.Immutable;
using k8s;
using k8s.Models;
using Vitrine.Control.Pods;
using Vitrine.Model.Watching;

namespace Vitrine.Control.Endpoints;

/// <summary>What the watches have shown, indexed by Service. Each change says which Services ("namespace/name") are concerned.</summary>
internal sealed class EndpointState
{
    private readonly Lock guard = new();
    private readonly PodIndex pods = new();
    private readonly Dictionary<string, V1Service> services = [];
    private readonly VersionedSet<V1EndpointSlice> slices = new(static s => $"{s.Metadata.NamespaceProperty}/{PodFacts.Label(s.Metadata, EndpointLabels.ServiceName)}");
    private readonly VersionedSet<V1Endpoints> endpoints = new(static e => $"{e.Metadata.NamespaceProperty}/{e.Metadata.Name}");
    private ImmutableDictionary<string, EndpointNode> nodes = ImmutableDictionary<string, EndpointNode>.Empty;

    public IReadOnlyCollection<string> All
    {
        get
        {
            lock (guard)
            {
                return [.. services.Keys.Union(slices.Groups).Union(endpoints.Groups)];
            }
        }
    }

    public ServiceView View(string key)
    {
        lock (guard)
        {
            var ns = key[..key.IndexOf('/', StringComparison.Ordinal)];
            return new ServiceView(services.GetValueOrDefault(key), pods.Selected(ns, key), nodes, slices.Of(key), endpoints.Of(key).FirstOrDefault());
        }
    }

    public IReadOnlyCollection<string> Apply(WatchChange<V1Pod> change)
    {
        lock (guard)
        {
            var touched = new HashSet<string>();
            if (change.Kind == WatchChangeKind.Replaced)
            {
                var there = change.Objects.Select(Key).ToHashSet();
                foreach (var gone in pods.PodKeys.Where(k => !there.Contains(k)).ToArray())
                {
                    touched.UnionWith(pods.Set(gone[..gone.IndexOf('/', StringComparison.Ordinal)], gone, null));
                }
            }

            foreach (var pod in change.Objects)
            {
                touched.UnionWith(pods.Set(pod.Metadata.NamespaceProperty, Key(pod), change.Kind == WatchChangeKind.Deleted ? null : EndpointPod.Read(pod)));
            }

            return touched;
        }
    }

    public IReadOnlyCollection<string> Apply(WatchChange<V1Service> change)
    {
        lock (guard)
        {
            var touched = new HashSet<string>();
            if (change.Kind == WatchChangeKind.Replaced)
            {
                var there = change.Objects.Select(Key).ToHashSet();
                foreach (var gone in services.Keys.Where(k => !there.Contains(k)).ToArray())
                {
                    Set(gone, null);
                    touched.Add(gone);
                }
            }

            foreach (var service in change.Objects)
            {
                Set(Key(service), change.Kind == WatchChangeKind.Deleted ? null : service);
                touched.Add(Key(service));
            }

            return touched;
        }

        void Set(string key, V1Service? service)
        {
            pods.Select(key[..key.IndexOf('/', StringComparison.Ordinal)], key, service is { Spec.Type: not "ExternalName" } ? service.Spec.Selector : null);
            if (service is null)
            {
                services.Remove(key);
            }
            else
            {
                services[key] = service;
            }
        }
    }

    /// <summary>A node that comes, goes, moves or grows concerns everybody; its heartbeats nobody.</summary>
    public IReadOnlyCollection<string> Apply(WatchChange<V1Node> change)
    {
        lock (guard)
        {
            var before = nodes;
            var read = change.Objects.Select(EndpointNode.Read);
            nodes = change.Kind switch
            {
                WatchChangeKind.Replaced => read.ToImmutableDictionary(n => n.Name),
                WatchChangeKind.Upserted => nodes.SetItems(read.Select(n => KeyValuePair.Create(n.Name, n))),
                _ => nodes.RemoveRange(read.Select(n => n.Name)),
            };
            return before.Count == nodes.Count && nodes.All(n => before.GetValueOrDefault(n.Key) == n.Value) ? [] : [.. services.Keys];
        }
    }

    public IReadOnlyCollection<string> Apply(WatchChange<V1EndpointSlice> change)
    {
        lock (guard)
        {
            return slices.Apply(change);
        }
    }

    public IReadOnlyCollection<string> Apply(WatchChange<V1Endpoints> change)
    {
        lock (guard)
        {
            return endpoints.Apply(change);
        }
    }

    public void Wrote(V1EndpointSlice slice, bool deleted = false)
    {
        lock (guard)
        {
            if (deleted)
            {
                slices.Forget(slice);
            }
            else
            {
                slices.Remember(slice);
            }
        }
    }

    public void Wrote(V1Endpoints value, bool deleted = false)
    {
        lock (guard)
        {
            if (deleted)
            {
                endpoints.Forget(value);
            }
            else
            {
                endpoints.Remember(value);
            }
        }
    }

    private static string Key(IMetadata<V1ObjectMeta> o) => $"{o.Metadata.NamespaceProperty}/{o.Metadata.Name}";
}
