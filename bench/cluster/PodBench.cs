using System.Diagnostics;

namespace Vitrine.Bench.Cluster;

/// <summary>Pods of one spec, made and deleted: one by one and many at once. Times in milliseconds.</summary>
internal sealed class PodBench(ClusterClient client, PodWatch watch, string spec)
{
    /// <summary>POST to all containers Running.</summary>
    internal List<double> Up { get; } = [];

    /// <summary>… of which no CRI call was under way.</summary>
    internal List<double> Own { get; } = [];

    /// <summary>DELETE to gone.</summary>
    internal List<double> Down { get; } = [];

    internal async Task OneByOneAsync(string prefix, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var name = $"{prefix}-{i}";
            var before = await client.CriAsync();
            var up = await UpAsync(name);
            Up.Add(up);
            Own.Add(up - (await client.CriAsync() - before));
            await RestAsync();
            Down.Add(await DownAsync(name));
        }
    }

    /// <summary>A round of many at once: the time until the last is Running, what of it no CRI call was under way, and the time until all are gone.</summary>
    internal async Task<(double Up, double Own, double Down)> AtOnceAsync(string prefix, int count)
    {
        var names = Enumerable.Range(0, count).Select(i => $"{prefix}-{i}").ToArray();
        var before = await client.CriAsync();
        var start = Stopwatch.GetTimestamp();
        var each = await Task.WhenAll(names.Select(UpAsync));
        var up = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        var own = up - (await client.CriAsync() - before);
        Up.AddRange(each);
        await RestAsync();
        start = Stopwatch.GetTimestamp();
        await Task.WhenAll(names.Select(DownAsync));
        var down = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        // The runtime and the kernel tidy up behind the last deletion.
        await Task.Delay(2000);
        return (up, own, down);
    }

    /// <summary>A delete is measured from rest; a shell that has not come to its trap yet would sit out its whole grace period.</summary>
    private static Task RestAsync() => Task.Delay(500);

    private async Task<double> UpAsync(string name)
    {
        var start = Stopwatch.GetTimestamp();
        await client.CreateAsync(name, spec);
        return Stopwatch.GetElapsedTime(start, await watch.Running(name)).TotalMilliseconds;
    }

    private async Task<double> DownAsync(string name)
    {
        var start = Stopwatch.GetTimestamp();
        await client.DeleteAsync(name);
        return Stopwatch.GetElapsedTime(start, await watch.Gone(name)).TotalMilliseconds;
    }
}
