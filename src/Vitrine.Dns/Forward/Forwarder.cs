using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using Vitrine.Dns.Cache;
using Vitrine.Dns.Wire;
using Vitrine.Model.Plans.Dns;

namespace Vitrine.Dns.Forward;

/// <summary>
/// Asks upstreams, one after another, until one answers or the time is over; the same question is asked once however many wait for it. When none answers soon, an
/// older answer is given if there is one (RFC 8767).
/// </summary>
internal sealed class Forwarder(UpstreamServers servers, UpstreamExchange exchange, AnswerCache cache, TimeProvider time)
{
    /// <summary>A resolver waits five seconds: an answer after that is for nobody.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(4.5), OneServer = TimeSpan.FromSeconds(1.4);

    /// <summary>RFC 8767 §5: then a stale answer is better than waiting.</summary>
    private static readonly TimeSpan StaleAfter = TimeSpan.FromSeconds(1.8);

    private const int MostInFlight = 1000;

    /// <summary>RFC 9520: a failure is remembered, so that a broken name is not asked for in a storm.</summary>
    private const int FailureSeconds = 2;

    private static readonly Meter Meter = new("Vitrine.Dns.Forward");
    private static readonly Counter<long> Asked = Meter.CreateCounter<long>("vitrine_dns_upstream_questions_total", description: "Questions asked of others."), Failed = Meter.CreateCounter<long>("vitrine_dns_upstream_failures_total", description: "Of them, without an answer.");

    private readonly Lock gate = new();
    private readonly Dictionary<byte[], Task<CachedAnswer>> asked = new(CacheKey.Comparer);

    /// <summary>Never throws; ServFail when nobody had an answer.</summary>
    public async Task<(CachedAnswer Answer, int Age)> LookUpAsync(byte[] name, ushort type, bool dnssecOk, bool checkingDisabled)
    {
        var key = CacheKey.Write(new byte[CacheKey.MaxSize], name, type, dnssecOk, checkingDisabled).ToArray();
        var old = cache.Find(key, out var age);
        if (old is not null && age < old.Seconds)
            return (old, age);
        // A failure that is remembered is no answer to fall back on.
        var stale = old is { Rcode: not DnsRcode.ServFail } ? old : null;
        Task<CachedAnswer> answer;
        lock (gate)
            if (!asked.TryGetValue(key, out answer!))
            {
                if (asked.Count >= MostInFlight)
                    return (stale ?? CachedAnswer.Failed(0), age);
                asked[key] = answer = AskAsync(key, name, type, dnssecOk, checkingDisabled, stale is not null);
            }
        if (stale is not null && await Task.WhenAny(answer, Task.Delay(StaleAfter, time)).ConfigureAwait(false) != answer)
            return (stale, age);
        var fresh = await answer.ConfigureAwait(false);
        return fresh.Rcode == DnsRcode.ServFail && stale is not null ? (stale, age) : (fresh, 0);
    }

    private async Task<CachedAnswer> AskAsync(byte[] key, byte[] name, ushort type, bool dnssecOk, bool checkingDisabled, bool hasStale)
    {
        // The caller holds the lock.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var answer = CachedAnswer.Failed(FailureSeconds);
        try
        {
            using var late = new CancellationTokenSource(Deadline, time);
            answer = await AskAllAsync(name, type, dnssecOk, checkingDisabled, late.Token).ConfigureAwait(false) ?? answer;
        }
        catch (OperationCanceledException)
        {
            // Nobody answered in time.
        }
        finally
        {
            Asked.Add(1);
            if (answer.Rcode == DnsRcode.ServFail)
                Failed.Add(1);
            answer = answer with { Received = time.GetTimestamp() };
            // A failure does not take the place of an answer that may still be given out.
            if (answer.Seconds > 0 && !(answer.Rcode == DnsRcode.ServFail && hasStale))
                cache.Add(key, answer);
            lock (gate)
                asked.Remove(key);
        }
        return answer;
    }

    private async Task<CachedAnswer?> AskAllAsync(byte[] name, ushort type, bool dnssecOk, bool checkingDisabled, CancellationToken ct)
    {
        for (var round = 0; round < 2; round++)
            foreach (var server in servers.For(name))
                if (await AskOneAsync(server, name, type, dnssecOk, checkingDisabled, ct).ConfigureAwait(false) is { } answer)
                    return answer;
        return null;
    }

    private async Task<CachedAnswer?> AskOneAsync(IPEndPoint server, byte[] name, ushort type, bool dnssecOk, bool checkingDisabled, CancellationToken ct)
    {
        using var alarm = new CancellationTokenSource(OneServer, time);
        using var late = CancellationTokenSource.CreateLinkedTokenSource(ct, alarm.Token);
        try
        {
            var reply = await exchange.AskAsync(server, name, type, dnssecOk, checkingDisabled, edns: true, late.Token).ConfigureAwait(false);
            // A server from before EDNS says so (RFC 6891 §6.2.2).
            if (reply.Rcode is DnsRcode.FormErr or DnsRcode.NotImp)
                reply = await exchange.AskAsync(server, name, type, false, checkingDisabled, edns: false, late.Token).ConfigureAwait(false);
            servers.Heard(server);
            return reply.Rcode is DnsRcode.NoError or DnsRcode.NXDomain ? Bailiwick.Keep(reply, name, type, dnssecOk) : null;
        }
        catch (Exception e) when (e is SocketException || e is OperationCanceledException && !ct.IsCancellationRequested)
        {
            servers.NotHeard(server);
            return null;
        }
    }
}
