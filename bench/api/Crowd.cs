using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;

namespace Vitrine.Bench.Api;

/// <summary>Many clients who want much at once: lists of ten thousand pods, and watches of a thousand changes a second.</summary>
internal static class Crowd
{
    private const int Pods = 10_000;
    private const int Listers = 16;
    private const int Watchers = 100;
    private const int PerSecond = 1000;
    private const int Seconds = 8;
    private const string Seen = "\"name\":\"crowd-";

    /// <summary>What <see cref="Listers"/> lists at once take: the time to the first byte, and what the server's memory grows by beside the bytes it sends.</summary>
    public static async Task<string> ListAsync(VitrinePeer vitrine)
    {
        await vitrine.PostAsync("/api/v1/namespaces/default/serviceaccounts", """{"metadata":{"name":"default"}}""");
        int next = 0;
        await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(async () =>
        {
            for (int i = Interlocked.Increment(ref next); i <= Pods; i = Interlocked.Increment(ref next))
            {
                await vitrine.PostAsync("/api/v1/namespaces/default/pods", $$$"""{"metadata":{"name":"p-{{{i}}}","labels":{"app":"a-{{{i % 100}}}"} },"spec":{"nodeName":"n-{{{i % 100}}}","containers":[{"name":"c","image":"registry.example/a:1","ports":[{"containerPort":80}]}]} }""");
            }
        })));

        double before = vitrine.Process.RssMegabytes, peak = before;
        using CancellationTokenSource over = new();
        Task sampling = Task.Run(async () =>
        {
            while (!over.IsCancellationRequested)
            {
                peak = Math.Max(peak, vitrine.Process.RssMegabytes);
                await Task.Delay(5);
            }
        });
        long start = Stopwatch.GetTimestamp();
        (double First, long Bytes)[] lists = await Task.WhenAll(Enumerable.Range(0, Listers).Select(_ => Task.Run(() => OneAsync(vitrine))));
        double all = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        await over.CancelAsync();
        await sampling;
        double sent = lists.Sum(static list => list.Bytes) / 1048576.0;
        double[] first = [.. lists.Select(static list => list.First).Order()];
        return string.Create(CultureInfo.InvariantCulture,
            $"{Listers} lists of {Pods} pods at once: {sent:0} MiB in {all:0} ms, first byte median {first[Listers / 2]:0.0} ms, last {first[^1]:0.0} ms; server RSS {before:0} -> {peak:0} MB, {(peak - before) / sent:0.00} of what was sent");
    }

    /// <summary>How late changes are seen by <see cref="Watchers"/> watches, whether all are, and in one order.</summary>
    public static async Task<string> WatchAsync(VitrinePeer vitrine)
    {
        long[] sent = new long[PerSecond * Seconds];
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds((Seconds * 5) + 20));
        Stream[] streams = await Task.WhenAll(Enumerable.Range(0, Watchers).Select(_ => vitrine.WatchBytesAsync("labelSelector=crowd")));
        Task<(List<double> Lags, int Order)>[] watching = [.. streams.Select(stream => Task.Run(() => FollowAsync(stream, sent, limit.Token)))];
        long begin = Stopwatch.GetTimestamp();
        SemaphoreSlim places = new(64);
        string? failure = null;
        for (int i = 0; i < sent.Length; i++)
        {
            while (Stopwatch.GetElapsedTime(begin).TotalSeconds * PerSecond < i)
            {
                await Task.Delay(1);
            }

            await places.WaitAsync();
            int index = i;
            _ = Task.Run(async () =>
            {
                try
                {
                    sent[index] = Stopwatch.GetTimestamp();
                    await vitrine.PostAsync("/api/v1/namespaces/default/configmaps", $$$"""{"metadata":{"name":"crowd-{{{index}}}","labels":{"crowd":"y"} } }""");
                }
                catch (Exception e) when (e is InvalidOperationException or HttpRequestException or IOException)
                {
                    failure ??= e.Message;
                }
                finally
                {
                    places.Release();
                }
            });
        }

        double rate = sent.Length / Stopwatch.GetElapsedTime(begin).TotalSeconds;
        (List<double> Lags, int Order)[] seen = await Task.WhenAll(watching);
        double[] lags = [.. seen.SelectMany(static one => one.Lags).Order()];
        string whole = seen.All(one => one.Lags.Count == sent.Length) ? "none lost" : $"{seen.Sum(one => sent.Length - one.Lags.Count)} lost";
        return string.Create(CultureInfo.InvariantCulture,
            $"{Watchers} watches of {rate:0} changes/s: lag after the POST was sent median {lags[lags.Length / 2]:0.0} ms, p99 {lags[(int)(lags.Length * 0.99)]:0.0} ms; {whole}, {(seen.Select(static one => one.Order).Distinct().Count() == 1 ? "one order" : "in different orders")}{(failure is null ? "" : $"; a create failed: {failure}")}");
    }

    private static async Task<(double First, long Bytes)> OneAsync(VitrinePeer vitrine)
    {
        using HttpClient http = vitrine.Client();
        // The connection is not what is measured.
        await http.GetByteArrayAsync("/version");
        long start = Stopwatch.GetTimestamp();
        using HttpResponseMessage answer = await http.GetAsync("/api/v1/pods", HttpCompletionOption.ResponseHeadersRead);
        await using Stream body = await answer.Content.ReadAsStreamAsync();
        byte[] buffer = new byte[64 << 10];
        long bytes = await body.ReadAsync(buffer);
        double first = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        for (int read; (read = await body.ReadAsync(buffer)) > 0;)
        {
            bytes += read;
        }

        return (first, bytes);
    }

    private static async Task<(List<double> Lags, int Order)> FollowAsync(Stream stream, long[] sent, CancellationToken ct)
    {
        List<double> lags = new(sent.Length);
        HashCode order = default;
        PipeReader reader = PipeReader.Create(stream);
        byte[] name = Encoding.ASCII.GetBytes(Seen);
        try
        {
            while (lags.Count < sent.Length)
            {
                ReadResult result = await reader.ReadAsync(ct);
                ReadOnlySequence<byte> buffer = result.Buffer;
                while (buffer.PositionOf((byte)'\n') is { } end)
                {
                    ReadOnlySpan<byte> line = buffer.Slice(0, end).ToArray();
                    if (line.IndexOf(name) is >= 0 and var at && System.Buffers.Text.Utf8Parser.TryParse(line[(at + name.Length)..], out int index, out _))
                    {
                        lags.Add(Stopwatch.GetElapsedTime(sent[index]).TotalMilliseconds);
                        order.Add(index);
                    }

                    buffer = buffer.Slice(buffer.GetPosition(1, end));
                }

                reader.AdvanceTo(buffer.Start, buffer.End);
                if (result.IsCompleted)
                {
                    break;
                }
            }
        }
        catch (OperationCanceledException)
        {
        }

        return (lags, order.ToHashCode());
    }
}
