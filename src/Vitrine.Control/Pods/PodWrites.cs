using k8s.Models;
using Vitrine.Control.Api;

namespace Vitrine.Control.Pods;

/// <summary>Pods made, removed, adopted and let go for an owner, with the events upstream's PodControl sends.</summary>
internal sealed class PodWrites(ApiClient api, EventRecorder events, Expectations expectations, Resource resource, string component)
{
    public Expectations Expectations { get; } = expectations;

    public async Task CreateAsync(V1ObjectMeta owner, V1Pod pod, CancellationToken ct)
    {
        try
        {
            var made = await api.CreateAsync(Resource.Pods, owner.NamespaceProperty, pod, ct);
            Expectations.Created(owner.Uid, made.Metadata.ResourceVersion);
            events.Normal(resource, owner, component, "SuccessfulCreate", $"Created pod: {made.Metadata.Name}");
        }
        catch (ApiException e)
        {
            if (!e.NamespaceEnds)
            {
                events.Warning(resource, owner, component, "FailedCreate", $"Error creating: {e.Message}");
            }

            throw;
        }
    }

    public async Task DeleteAsync(V1ObjectMeta owner, V1Pod pod, CancellationToken ct)
    {
        try
        {
            if (await api.DeleteAsync(Resource.Pods, pod.Metadata.NamespaceProperty, pod.Metadata.Name, pod.Metadata.Uid, ct))
            {
                events.Normal(resource, owner, component, "SuccessfulDelete", $"Deleted pod: {pod.Metadata.Name}");
            }

            Expectations.Deleted(owner.Uid, pod.Metadata.Uid);
        }
        catch (ApiException e)
        {
            events.Warning(resource, owner, component, "FailedDelete", $"Error deleting: {e.Message}");
            throw;
        }
    }

    /// <summary>Takes in and lets go what the plan says; an object that changed meanwhile is left for the next look.</summary>
    public Task ClaimAsync(V1ObjectMeta owner, ClaimPlan<V1Pod> claim, CancellationToken ct) => Task.WhenAll(
    [
        .. claim.Adopted.Select(p => api.PatchAsync(Resource.Pods, p.Metadata.NamespaceProperty, p.Metadata.Name, Owners.Adoption(resource, owner, p.Metadata.Uid), ct)),
        .. claim.Released.Select(p => api.PatchAsync(Resource.Pods, p.Metadata.NamespaceProperty, p.Metadata.Name, Owners.Release(owner.Uid, p.Metadata.Uid), ct)),
    ]);
}
