using System.Net;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Vitrine.Control.Api;

namespace Vitrine.Control;

/// <summary>
/// One of several does the work: whoever holds a Lease, which he renews; when he falls silent another takes it. Times are those of client-go's leader
/// election, and as there nobody compares his clock with another's: a Lease is free when it did not change for as long as it lasts.
/// </summary>
/// <param name="api">the API</param>
/// <param name="ns">namespace of the Lease</param>
/// <param name="name">of the Lease</param>
/// <param name="identity">whose it is then; unique among the candidates</param>
/// <param name="logger">hears who leads</param>
/// <param name="time">the clock</param>
internal sealed partial class LeaderLease(ApiClient api, string ns, string name, string identity, ILogger logger, TimeProvider time)
{
    private static readonly TimeSpan Lasts = TimeSpan.FromSeconds(15), Deadline = TimeSpan.FromSeconds(10), Pace = TimeSpan.FromSeconds(2), Patience = TimeSpan.FromSeconds(5);
    private string? version;
    private long seenAt;
    private string told = "";

    /// <summary>Until cancelled; the work runs while the Lease is held, and is cancelled and waited for when it is lost.</summary>
    /// <exception cref="Exception">what the work failed by</exception>
    public async Task RunAsync(Func<CancellationToken, Task> work, CancellationToken ct)
    {
        while (true)
        {
            while (!await TryHoldAsync(ct))
            {
                await Task.Delay(Pace, time, ct);
            }

            Leads(identity, name);
            await LeadAsync(work, ct);
            Lost(identity, name);
        }
    }

    /// <summary>Once; false where another holds it, or the API does not answer.</summary>
    internal async Task<bool> TryHoldAsync(CancellationToken ct)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, ct);
        try
        {
            return await HoldAsync(either.Token);
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            // The same complaint once.
            if (e.Message != told)
            {
                Failed(name, told = e.Message);
            }

            return false;
        }
    }

    private async Task<bool> HoldAsync(CancellationToken ct)
    {
        V1Lease lease;
        try
        {
            lease = await api.ReadAsync<V1Lease>(Resource.Leases, ns, name, ct);
        }
        catch (ApiException e) when (e.StatusCode == HttpStatusCode.NotFound)
        {
            await api.CreateAsync(Resource.Leases, ns, Written(new V1Lease { ApiVersion = "coordination.k8s.io/v1", Kind = "Lease", Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = ns } }), ct);
            return true;
        }

        if (lease.Metadata.ResourceVersion != version)
        {
            (version, seenAt) = (lease.Metadata.ResourceVersion, time.GetTimestamp());
        }

        var holder = lease.Spec?.HolderIdentity;
        if (!string.IsNullOrEmpty(holder) && holder != identity && time.GetElapsedTime(seenAt) < TimeSpan.FromSeconds(lease.Spec!.LeaseDurationSeconds ?? (int)Lasts.TotalSeconds))
        {
            return false;
        }

        var held = await api.ReplaceAsync(Resource.Leases, ns, name, Written(lease), ct);
        (version, seenAt) = (held.Metadata.ResourceVersion, time.GetTimestamp());
        return true;
    }

    private async Task LeadAsync(Func<CancellationToken, Task> work, CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var working = work(stop.Token);
        try
        {
            for (var renewed = time.GetTimestamp(); time.GetElapsedTime(renewed) < Deadline;)
            {
                if (await Task.WhenAny(working, Task.Delay(Pace, time, stop.Token)) == working)
                {
                    await working;
                    return;
                }

                if (await TryHoldAsync(ct))
                {
                    renewed = time.GetTimestamp();
                }
            }
        }
        finally
        {
            await stop.CancelAsync();
            await working.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (ct.IsCancellationRequested)
            {
                await ReleaseAsync();
            }
        }
    }

    /// <summary>So that the next need not wait; one that cannot be told waits.</summary>
    private async Task ReleaseAsync()
    {
        using var patience = new CancellationTokenSource(Patience, time);
        try
        {
            var lease = await api.ReadAsync<V1Lease>(Resource.Leases, ns, name, patience.Token);
            if (lease.Spec?.HolderIdentity == identity)
            {
                lease.Spec.HolderIdentity = "";
                lease.Spec.LeaseDurationSeconds = 1;
                await api.ReplaceAsync(Resource.Leases, ns, name, lease, patience.Token);
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            Failed(name, e.Message);
        }
    }

    private V1Lease Written(V1Lease lease)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var taken = lease.Spec?.HolderIdentity != identity;
        lease.Spec = new V1LeaseSpec
        {
            HolderIdentity = identity,
            LeaseDurationSeconds = (int)Lasts.TotalSeconds,
            AcquireTime = taken ? now : lease.Spec!.AcquireTime,
            RenewTime = now,
            LeaseTransitions = (lease.Spec?.LeaseTransitions ?? 0) + (taken && lease.Spec is not null ? 1 : 0),
        };
        return lease;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{identity} holds lease {lease} and leads")]
    private partial void Leads(string identity, string lease);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{identity} does not lead any more by lease {lease}")]
    private partial void Lost(string identity, string lease);

    [LoggerMessage(Level = LogLevel.Warning, Message = "lease {lease}: {reason}")]
    private partial void Failed(string lease, string reason);
}
