using k8s.Models;
using Vitrine.Control.Api;

namespace Vitrine.Control.Endpoints;

/// <summary>Makes the slices and Endpoints of one Service what the plans say. Independent writes go out together, to share one commit of the store.</summary>
internal sealed class EndpointController(ApiClient api, EndpointState state)
{
    /// <summary>Throws <see cref="ApiException"/> where a write was refused; what was read then is too old or the API has its reasons.</summary>
    public async Task LookAsync(string key, CancellationToken ct)
    {
        var view = state.View(key);
        var selects = view.Service is { Spec: { Selector.Count: > 0, Type: not "ExternalName" }, Metadata.DeletionTimestamp: null };
        var mirrors = MirrorPlan.Applies(view.Service, view.Endpoints);
        List<Task> writes = [];
        if (selects)
        {
            writes.AddRange(Write(SlicePlan.Compile(view.Service!, view.Pods, view.Nodes, view.SlicesBy(EndpointLabels.SliceController)), ct));
            writes.Add(WriteAsync(view.Endpoints, SubsetPlan.Compile(view.Service!, view.Pods), ct));
        }
        else
        {
            // Of a Service that is gone or selects no more; the garbage collector would come for the former, too.
            writes.AddRange(view.Service is { Metadata.DeletionTimestamp: not null } ? [] : view.SlicesBy(EndpointLabels.SliceController).Select(s => DeleteAsync(s, ct)));
        }

        writes.AddRange(mirrors
            ? Write(MirrorPlan.Compile(view.Endpoints!, view.SlicesBy(EndpointLabels.MirrorController)), ct)
            : view.SlicesBy(EndpointLabels.MirrorController).Select(s => DeleteAsync(s, ct)));
        if (view.Service is null && view.Endpoints is { } left && left.Metadata.Annotations?.ContainsKey(EndpointLabels.Leader) != true && left.Metadata.Labels?.ContainsKey(EndpointLabels.EndpointsManagedBy) == true)
        {
            writes.Add(DeleteAsync(left, ct));
        }

        await Task.WhenAll(writes);
    }

    private IEnumerable<Task> Write(SliceChanges changes, CancellationToken ct) =>
    [
        .. changes.Create.Select(s => CreateAsync(s, ct)),
        .. changes.Update.Select(s => UpdateAsync(s, ct)),
        .. changes.Delete.Select(s => DeleteAsync(s, ct)),
    ];

    private async Task CreateAsync(V1EndpointSlice slice, CancellationToken ct)
    {
        try
        {
            state.Wrote(await api.CreateAsync(Resource.EndpointSlices, slice.Metadata.NamespaceProperty, slice, ct));
        }
        catch (ApiException e) when (e.NamespaceEnds)
        {
            // The Service is about to go, too.
        }
    }

    private async Task UpdateAsync(V1EndpointSlice slice, CancellationToken ct) =>
        state.Wrote(await api.ReplaceAsync(Resource.EndpointSlices, slice.Metadata.NamespaceProperty, slice.Metadata.Name, slice, ct));

    private async Task DeleteAsync(V1EndpointSlice slice, CancellationToken ct)
    {
        await api.DeleteAsync(Resource.EndpointSlices, slice.Metadata.NamespaceProperty, slice.Metadata.Name, slice.Metadata.Uid, ct);
        state.Wrote(slice, deleted: true);
    }

    private async Task DeleteAsync(V1Endpoints endpoints, CancellationToken ct)
    {
        await api.DeleteAsync(Resource.Endpoints, endpoints.Metadata.NamespaceProperty, endpoints.Metadata.Name, endpoints.Metadata.Uid, ct);
        state.Wrote(endpoints, deleted: true);
    }

    private async Task WriteAsync(V1Endpoints? there, V1Endpoints wanted, CancellationToken ct)
    {
        var ns = wanted.Metadata.NamespaceProperty;
        if (there is null)
        {
            try
            {
                state.Wrote(await api.CreateAsync(Resource.Endpoints, ns, wanted, ct));
            }
            catch (ApiException e) when (e.NamespaceEnds)
            {
                // The Service is about to go, too.
            }
        }
        else if (!SubsetPlan.Same(there, wanted))
        {
            wanted.Metadata.ResourceVersion = there.Metadata.ResourceVersion;
            wanted.Metadata.Annotations = Annotations(there, wanted);
            state.Wrote(await api.ReplaceAsync(Resource.Endpoints, ns, wanted.Metadata.Name, wanted, ct));
        }
    }

    // Others' annotations stay; ours comes and goes.
    private static Dictionary<string, string>? Annotations(V1Endpoints there, V1Endpoints wanted)
    {
        var all = (there.Metadata.Annotations ?? new Dictionary<string, string>()).Where(a => a.Key != EndpointLabels.OverCapacity).Concat(wanted.Metadata.Annotations ?? new Dictionary<string, string>()).ToDictionary();
        return all.Count == 0 ? null : all;
    }
}
