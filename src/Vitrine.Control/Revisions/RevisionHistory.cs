using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using Vitrine.Control.Api;
using Vitrine.Control.Pods;

namespace Vitrine.Control.Revisions;

/// <summary>The ControllerRevisions of a DaemonSet or StatefulSet: the present template has one, with the highest number; the oldest go.</summary>
internal sealed class RevisionHistory(ApiClient api, Resource resource)
{
    /// <summary>The revision of the owner's present template, made or moved to the front where needed. Null: another look is needed.</summary>
    public async Task<Revision?> CurrentAsync(V1ObjectMeta owner, V1PodTemplateSpec template, IEnumerable<Revision> all, int? collisions, CancellationToken ct)
    {
        var revisions = all.OrderBy(r => r.Number).ToArray();
        var data = Revision.DataOf(template);
        var text = PodTemplates.Text(data);
        var same = Array.FindLast(revisions, r => r.Text == text);
        var next = revisions.Length == 0 ? 1 : revisions[^1].Number + 1;
        if (same is null)
        {
            return await CreateAsync(owner, template, data, text, next, collisions, ct);
        }

        if (same.Number != next - 1)
        {
            await api.PatchAsync(Resource.ControllerRevisions, owner.NamespaceProperty, same.Metadata.Name, $$"""{"revision":{{next.ToString(CultureInfo.InvariantCulture)}}}""", ct, ApiClient.Merge);
        }

        return same;
    }

    /// <summary>Deletes the oldest revisions no pod is of, beyond the limit.</summary>
    public Task PruneAsync(IEnumerable<Revision> all, IReadOnlySet<string> live, int limit, CancellationToken ct)
    {
        var unused = all.Where(r => !live.Contains(r.Hash)).OrderBy(r => r.Number).ToArray();
        return Task.WhenAll(unused.Take(Math.Max(0, unused.Length - limit))
            .Select(r => api.DeleteAsync(Resource.ControllerRevisions, r.Metadata.NamespaceProperty, r.Metadata.Name, r.Metadata.Uid, ct)));
    }

    private async Task<Revision?> CreateAsync(V1ObjectMeta owner, V1PodTemplateSpec template, JsonObject data, string text, long number, int? collisions, CancellationToken ct)
    {
        var hash = Revision.NewHash(template, collisions);
        var labels = PodTemplates.Copy(template.Metadata?.Labels);
        labels[Revision.HashLabel] = hash;
        var meta = new V1ObjectMeta { Name = $"{owner.Name}-{hash}", NamespaceProperty = owner.NamespaceProperty, Labels = labels, OwnerReferences = [Owners.Reference(resource, owner)] };
        var body = new JsonObject { ["apiVersion"] = "apps/v1", ["kind"] = "ControllerRevision", ["metadata"] = JsonNode.Parse(KubernetesJson.Serialize(meta)), ["data"] = data, ["revision"] = number };
        try
        {
            using var made = JsonDocument.Parse(await api.SendAsync<string>(HttpMethod.Post, Resource.ControllerRevisions.In(owner.NamespaceProperty), body.ToJsonString(), "application/json", ct));
            return Revision.Read(made.RootElement);
        }
        catch (ApiException e) when (e.StatusCode == HttpStatusCode.Conflict)
        {
            // Made by an earlier look the snapshot does not show yet.
            using var there = JsonDocument.Parse(await api.SendAsync<string>(HttpMethod.Get, Resource.ControllerRevisions.Of(owner.NamespaceProperty, meta.Name), null, "", ct));
            var found = Revision.Read(there.RootElement);
            return found.Text == text && Owners.ControllerOf(found.Metadata)?.Uid == owner.Uid ? found : null;
        }
    }
}
