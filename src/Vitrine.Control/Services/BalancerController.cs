using System.Collections.Immutable;
using System.Net;
using k8s;
using k8s.Models;
using Vitrine.Control.Api;
using Vitrine.Model.Plans;

namespace Vitrine.Control.Services;

/// <summary>
/// Gives LoadBalancer Services their addresses and takes them back. One after another and here alone, so no address is given twice;
/// what was given counts before the watch shows it. A finalizer keeps a Service until its address is free again.
/// </summary>
internal sealed class BalancerController(ApiClient api, EventRecorder events, IReadOnlyList<AddressPool> pools, IReadOnlyList<IPAddress> reserved) : IWorkloadController
{
    public const string Finalizer = "service.kubernetes.io/load-balancer-cleanup";
    private const string Component = "service-controller";

    private readonly Dictionary<string, IReadOnlyList<IPAddress>> given = [];
    private readonly Dictionary<string, string> told = [];
    private ImmutableDictionary<string, V1Service>? seen;

    public async Task<TimeSpan?> ReconcileAsync(ControlSnapshot snapshot, CancellationToken ct)
    {
        if (ReferenceEquals(seen, snapshot.Doors.All))
        {
            return null;
        }

        foreach (var uid in given.Keys.Except(snapshot.Doors.All.Values.Select(s => s.Metadata.Uid)).ToArray())
        {
            given.Remove(uid);
            told.Remove(uid);
        }

        var concerned = snapshot.Doors.All.Values
            .Where(s => BalancerWish.IsOurs(s) || HasFinalizer(s) || given.ContainsKey(s.Metadata.Uid))
            .OrderBy(s => s.Metadata.CreationTimestamp).ThenBy(s => s.Metadata.Name, StringComparer.Ordinal).ToArray();
        var done = true;

        // Those who let go first: what they had may be what another waits for.
        foreach (var service in concerned.Where(s => !Wants(s)))
        {
            done &= await ReleaseAsync(service, ct);
        }

        foreach (var service in concerned.Where(Wants))
        {
            done &= await GiveAsync(service, concerned, snapshot, ct);
        }

        seen = done ? snapshot.Doors.All : null;
        return null;
    }

    private static bool Wants(V1Service service) => BalancerWish.IsOurs(service) && service.Metadata.DeletionTimestamp is null;

    private async Task<bool> GiveAsync(V1Service service, V1Service[] all, ControlSnapshot snapshot, CancellationToken ct)
    {
        var plan = BalancerPlan.Compile(service, pools, Taken(service, all, snapshot));
        if (plan.Pending is { } why)
        {
            if (told.GetValueOrDefault(service.Metadata.Uid) != why)
            {
                events.Warning(Resource.Services, service.Metadata, Component, "AllocationFailed", $"Failed to allocate IP for \"{service.Metadata.NamespaceProperty}/{service.Metadata.Name}\": {why}");
                told[service.Metadata.Uid] = why;
            }
        }

        var fresh = given.GetValueOrDefault(service.Metadata.Uid) is not { } had || !had.SequenceEqual(plan.Addresses);
        given[service.Metadata.Uid] = plan.Addresses;
        if (plan.Addresses.Count > 0 && !HasFinalizer(service) && !await PatchAsync(service, "", Body(service, $",\"finalizers\":[\"{Finalizer}\"]"), ct))
        {
            return false;
        }

        if (BalancerPlan.Current(service).SequenceEqual(plan.Addresses))
        {
            return true;
        }

        var ingress = string.Join(',', plan.Addresses.Select(a => $$"""{"ip":"{{a}}","ipMode":"VIP"}"""));
        if (!await PatchAsync(service, "/status", Body(service, "", $"[{ingress}]"), ct))
        {
            return false;
        }

        if (plan.Addresses.Count > 0 && fresh)
        {
            told.Remove(service.Metadata.Uid);
            events.Normal(Resource.Services, service.Metadata, Component, "IPAllocated", $"Assigned IP [{string.Join(", ", plan.Addresses.Select(a => $"\"{a}\""))}]");
        }

        return true;
    }

    private async Task<bool> ReleaseAsync(V1Service service, CancellationToken ct)
    {
        // One that another class took over keeps what its own controller wrote.
        var mine = given.GetValueOrDefault(service.Metadata.Uid) is { Count: > 0 } had ? BalancerPlan.Current(service).SequenceEqual(had) : service.Spec.Type != "LoadBalancer";
        var done = true;
        if (mine && service.Metadata.DeletionTimestamp is null && BalancerPlan.Current(service).Count > 0)
        {
            done = await PatchAsync(service, "/status", NoAddress(service), ct);
        }

        if (HasFinalizer(service) && (mine || service.Metadata.DeletionTimestamp is not null || service.Spec.Type != "LoadBalancer"))
        {
            done &= await PatchAsync(service, "", NoFinalizer(service), ct);
        }

        given.Remove(service.Metadata.Uid);
        told.Remove(service.Metadata.Uid);
        return done;
    }

    private Dictionary<IPAddress, string> Taken(V1Service service, V1Service[] all, ControlSnapshot snapshot)
    {
        var taken = new Dictionary<IPAddress, string>();
        foreach (var address in reserved)
        {
            taken[address] = "the node network";
        }

        foreach (var (name, node) in snapshot.Cluster.Nodes)
        {
            foreach (var address in node.Addresses)
            {
                taken[address] = $"node {name}";
            }
        }

        foreach (var other in all.Where(o => o.Metadata.Uid != service.Metadata.Uid))
        {
            foreach (var address in (given.GetValueOrDefault(other.Metadata.Uid) ?? []).Concat(Wants(other) ? BalancerPlan.Current(other) : []))
            {
                taken[address] = $"{other.Metadata.NamespaceProperty}/{other.Metadata.Name}";
            }
        }

        return taken;
    }

    /// <summary>False where the Service was changed or removed meanwhile; the next look has it newer.</summary>
    private Task<bool> PatchAsync(V1Service service, string part, string patch, CancellationToken ct) =>
        api.PatchAsync(Resource.Services, service.Metadata.NamespaceProperty, service.Metadata.Name + part, patch, ct);

    /// <summary>A patch of its status.</summary>
    internal static string NoAddress(V1Service service) => Body(service, "", "null");

    /// <summary>A patch.</summary>
    internal static string NoFinalizer(V1Service service) => Body(service, $",\"$deleteFromPrimitiveList/finalizers\":[\"{Finalizer}\"]");

    private static string Body(V1Service service, string metadata, string? ingress = null) =>
        "{\"metadata\":{\"uid\":\"" + service.Metadata.Uid + "\"" + metadata + "}" + (ingress is null ? "" : ",\"status\":{\"loadBalancer\":{\"ingress\":" + ingress + "}}") + "}";

    internal static bool HasFinalizer(V1Service service) => service.Metadata.Finalizers?.Contains(Finalizer) == true;
}
