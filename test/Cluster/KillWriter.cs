using System.Globalization;
using k8s;
using k8s.Autorest;
using k8s.Models;
using Xunit;

namespace Vitrine.Cluster;

/// <summary>
/// Writes ConfigMaps without end and remembers what the server acknowledged of each: that, or the one write whose answer was lost, is all that may be found later.
/// </summary>
internal sealed class KillWriter(Kubernetes client, string ns, Random random)
{
    private const int Names = 60;
    private readonly Dictionary<string, State> known = [];
    private readonly Dictionary<string, State> unanswered = [];
    private long newest;
    private int value;

    /// <summary>Answered writes so far.</summary>
    public int Acknowledged { get; private set; }

    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            var name = $"m{random.Next(Names)}";
            if (unanswered.ContainsKey(name))
            {
                // Nobody knows what it is until the next look.
                await Task.Delay(1, CancellationToken.None);
                continue;
            }

            var next = known.TryGetValue(name, out var now) && now.Value is not null && random.Next(4) == 0 ? new State(null, 0) : new State($"{++value}", 0);
            try
            {
                var revision = await WriteAsync(name, now?.Value is not null, next.Value);
                known[name] = next with { Revision = revision };
                newest = Math.Max(newest, revision);
                Acknowledged++;
            }
            catch (Exception lost) when (lost is HttpRequestException or HttpOperationException or OperationCanceledException or IOException)
            {
                unanswered[name] = next;
                await Task.Delay(20, CancellationToken.None);
            }
        }
    }

    /// <summary>Compares what is there with what was acknowledged. Nothing may be written meanwhile.</summary>
    public async Task CheckAsync()
    {
        var found = await client.CoreV1.ListNamespacedConfigMapAsync(ns, labelSelector: "kills=yes");
        Assert.True(Number(found.Metadata.ResourceVersion) >= newest, $"the list is of revision {found.Metadata.ResourceVersion}, after {newest} was acknowledged");
        newest = Number(found.Metadata.ResourceVersion);
        var there = found.Items.ToDictionary(m => m.Metadata.Name);
        foreach (var name in known.Keys.Union(unanswered.Keys).Union(there.Keys).ToList())
        {
            var now = there.GetValueOrDefault(name);
            var (was, lost) = (known.GetValueOrDefault(name), unanswered.GetValueOrDefault(name));
            var seen = now?.Data["value"];
            Assert.True(
                seen == was?.Value || (lost is not null && seen == lost.Value),
                $"configmap {name} is {seen ?? "absent"}; acknowledged was {was?.Value ?? "absent"}{(lost is null ? "" : $", unanswered {lost.Value ?? "a deletion"}")}");
            var revision = now is null ? was?.Revision ?? 0 : Number(now.Metadata.ResourceVersion);
            Assert.True(revision >= (was?.Revision ?? 0), $"configmap {name} went back from revision {was?.Revision} to {revision}");
            known[name] = new State(seen, revision);
        }

        unanswered.Clear();
    }

    /// <returns>The revision of the write; 0 of a deletion, whose answer has none.</returns>
    private async Task<long> WriteAsync(string name, bool exists, string? next)
    {
        if (next is null)
        {
            await client.CoreV1.DeleteNamespacedConfigMapAsync(name, ns);
            return 0;
        }

        var map = new V1ConfigMap { Metadata = new V1ObjectMeta { Name = name, Labels = new Dictionary<string, string> { ["kills"] = "yes" } }, Data = new Dictionary<string, string> { ["value"] = next } };
        var written = exists ? await client.CoreV1.ReplaceNamespacedConfigMapAsync(map, name, ns) : await client.CoreV1.CreateNamespacedConfigMapAsync(map, ns);
        return Number(written.Metadata.ResourceVersion);
    }

    private static long Number(string revision) => long.Parse(revision, CultureInfo.InvariantCulture);

    /// <param name="Value">Null for an object that is not there.</param>
    private sealed record State(string? Value, long Revision);
}
