using System.Collections.Concurrent;
using k8s.Models;
using Vitrine.Control.Api;
using Vitrine.Model.Plans.Gateway;
using Vitrine.Model.Snapshot;

namespace Vitrine.Control.Gateways;

/// <summary>For Ingresses: the class, made once; the door, while one of them is ours; its addresses in their status.</summary>
internal sealed class IngressKeeper(ApiClient api, bool slices)
{
    /// <summary>Ours to name; whoever wants it to be the default says so by its annotation.</summary>
    public const string ClassName = "vitrine";

    internal static GatewayEntry Entry { get; } = new(IngressService.Namespace, IngressService.Name,
        [("http", IngressService.PlainPort, IngressService.PlainTarget), ("https", IngressService.SecurePort, IngressService.SecureTarget)]);

    private readonly EntryKeeper keeper = new(api, slices);
    private readonly ConcurrentDictionary<string, bool> written = [];
    private bool made;

    public async Task KeepAsync(ControlSnapshot snapshot, ClusterSnapshot cluster, CancellationToken ct)
    {
        await MakeClassAsync(snapshot, ct);
        var wanted = snapshot.Ingresses.All.Any(i => IngressClaims.AreOurs(i.Key, i.Value, cluster));
        var door = AddressesOf(snapshot.Services.Find(Entry.Namespace, Entry.Name));
        var addresses = await AddressesAsync(snapshot, wanted, ct);
        List<Task> writes = [];
        foreach (var (key, ingress) in snapshot.Ingresses.All)
        {
            if (StatusAsync(ingress, IngressClaims.AreOurs(key, ingress, cluster), addresses, door, ct) is { } write)
            {
                writes.Add(write);
            }
        }

        await Task.WhenAll(writes);
    }

    internal static V1IngressClass Class() => new()
    {
        ApiVersion = "networking.k8s.io/v1", Kind = "IngressClass", Metadata = new V1ObjectMeta { Name = ClassName }, Spec = new V1IngressClassSpec { Controller = GatewayCompiler.IngressController },
    };

    private async Task MakeClassAsync(ControlSnapshot snapshot, CancellationToken ct)
    {
        // Once: who deletes it means it.
        if (!made && snapshot.IngressClasses.Find(null, ClassName) is null)
        {
            try
            {
                await api.CreateAsync(Resource.IngressClasses, null, Class(), ct);
            }
            catch (ApiException e) when (e.Stale)
            {
                // There already.
            }
        }

        made = true;
    }

    private async Task<IReadOnlyList<string>> AddressesAsync(ControlSnapshot snapshot, bool wanted, CancellationToken ct)
    {
        if (!wanted)
        {
            await keeper.RemoveAsync(Entry.Namespace, Entry.Name, snapshot, ct);
            return [];
        }

        return AddressesOf(await keeper.KeepAsync(Entry, snapshot, ct));
    }

    internal static string[] AddressesOf(V1Service? service) => [.. (service?.Status?.LoadBalancer?.Ingress ?? []).Select(i => i.Ip).Where(a => !string.IsNullOrEmpty(a))];

    /// <summary>Of an Ingress that is no longer ours only what we wrote is taken away. Null where it says already what it should.</summary>
    private Task? StatusAsync(V1Ingress ingress, bool ours, IReadOnlyList<string> addresses, IReadOnlyList<string> door, CancellationToken ct)
    {
        var has = ingress.Status?.LoadBalancer?.Ingress ?? [];
        if (!ours && !written.ContainsKey(ingress.Metadata.Uid) && !(has.Count > 0 && Are(has, door)))
        {
            return null;
        }

        IReadOnlyList<string> wanted = ours ? addresses : [];
        if (!Are(has, wanted))
        {
            return WriteAsync(ingress, ours, wanted, ct);
        }

        Remember(ingress, ours);
        return null;
    }

    internal static bool Are(IList<V1IngressLoadBalancerIngress> has, IReadOnlyList<string> addresses)
    {
        for (var i = 0; i < has.Count && has.Count == addresses.Count; i++)
        {
            if (has[i].Ip != addresses[i])
            {
                return false;
            }
        }

        return has.Count == addresses.Count;
    }

    private async Task WriteAsync(V1Ingress ingress, bool ours, IReadOnlyList<string> wanted, CancellationToken ct)
    {
        await WriteAsync(api, ingress, wanted, ct);
        Remember(ingress, ours);
    }

    internal static Task WriteAsync(ApiClient api, V1Ingress ingress, IReadOnlyList<string> addresses, CancellationToken ct)
    {
        var list = addresses.Count == 0 ? "null" : $"[{string.Join(',', addresses.Select(a => $$"""{"ip":"{{a}}"}"""))}]";
        var patch = "{\"metadata\":{\"uid\":\"" + ingress.Metadata.Uid + "\"},\"status\":{\"loadBalancer\":{\"ingress\":" + list + "}}}";
        return api.PatchAsync(Resource.Ingresses, ingress.Metadata.NamespaceProperty, $"{ingress.Metadata.Name}/status", patch, ct);
    }

    private void Remember(V1Ingress ingress, bool ours)
    {
        if (ours)
        {
            written.TryAdd(ingress.Metadata.Uid, true);
        }
        else
        {
            written.TryRemove(ingress.Metadata.Uid, out _);
        }
    }
}
