using Grpc.Core;
using k8s.Autorest;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Vitrine.Agent.Probes;
using Vitrine.Agent.Volumes;

namespace Vitrine.Agent.Pods;

/// <summary>
/// One pod's life on this node, one step after another: read the runtime → plan → act → report. It sleeps between changes.
/// A deletion cancels the step that is running; nothing else does.
/// </summary>
internal sealed partial class PodWorker : IDisposable
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    // How often ConfigMaps and Secrets mounted as files are looked at again, as upstream's sync period.
    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(60);
    private readonly NodeContext node;
    private readonly ILogger log;
    private readonly PodAlarm alarm;
    private readonly RuntimePodReader reader;
    private readonly PodReporter reporter;
    private readonly SandboxStarter sandboxes;
    private readonly ContainerStarter starter;
    private readonly PodTermination termination;
    private readonly ProbeLoop probes;
    private readonly Lock gate = new();
    private CancellationTokenSource step = new();
    private bool ended;
    private V1Pod pod;
    private bool gone;
    private long refreshed;

    public PodWorker(NodeContext node, V1Pod pod, Probers probers, ILogger log)
    {
        this.node = node;
        this.pod = pod;
        this.log = log;
        alarm = new PodAlarm(node.Time);
        reader = new RuntimePodReader(node.Runtime);
        reporter = new PodReporter(node, this, reader);
        var hooks = new LifecycleHooks(node.Runtime, probers.Http, node.Time);
        sandboxes = new SandboxStarter(node);
        starter = new ContainerStarter(node, sandboxes, hooks);
        termination = new PodTermination(node, hooks);
        probes = new ProbeLoop(node, Memory, probers, Nudge);
        Memory.Recall(pod.Status);
    }

    public V1Pod Pod => pod;

    /// <summary>The API no longer has the pod.</summary>
    public bool IsGone => gone;

    public PodMemory Memory { get; } = new();

    /// <summary>What the runtime held of it at the last look.</summary>
    public RuntimePod Seen { get; private set; } = RuntimePod.None;

    /// <summary>What stands in the API for a static pod, where its status goes; null while there is none.</summary>
    public V1Pod? Mirror
    {
        get;
        set
        {
            var other = field?.Metadata.Uid != value?.Metadata.Uid;
            field = value;
            if (other)
            {
                Nudge();
            }
        }
    }

    public Task Completion { get; private set; } = Task.CompletedTask;

    public void Start(CancellationToken ct) => Completion = RunAsync(ct);

    /// <summary>Something may have changed: plan again.</summary>
    public void Nudge() => alarm.Nudge();

    public void Update(V1Pod next)
    {
        lock (gate)
        {
            var interrupts = next.Metadata.DeletionTimestamp is not null
                && (pod.Metadata.DeletionTimestamp is null || next.Metadata.DeletionGracePeriodSeconds < pod.Metadata.DeletionGracePeriodSeconds);
            pod = next;
            if (interrupts && !ended)
            {
                step.Cancel();
            }
        }

        Nudge();
    }

    /// <summary>What it asks for is taken from the node.</summary>
    public bool HoldsRoom => !IsOver && (Memory.IsAdmitted || Seen.Sandbox is not null || pod.Status?.Phase == "Running");

    /// <summary>Nothing of it runs any more, and nothing will.</summary>
    public bool IsOver => gone || Memory.Failed is not null || pod.Status?.Phase is "Succeeded" or "Failed";

    /// <summary>Ends the pod for good, and says why in its status.</summary>
    /// <param name="grace">How long its containers have at most.</param>
    public void Fail(Waiting why, TimeSpan grace)
    {
        lock (gate)
        {
            var own = TimeSpan.FromSeconds(pod.Spec.TerminationGracePeriodSeconds ?? 30);
            Memory.FailedGrace = grace < own ? grace : own;
            Memory.IsDisrupted = true;
            Memory.Failed ??= why;
            if (!ended)
            {
                step.Cancel();
            }
        }

        Nudge();
    }

    /// <summary>Returns when its containers have ended, or when the time is over.</summary>
    public async Task StoppedAsync(TimeSpan limit, CancellationToken ct)
    {
        for (var since = node.Time.GetTimestamp(); (Seen.Running.Any() || Seen.Sandbox is not null) && !Completion.IsCompleted && node.Time.GetElapsedTime(since) < limit;)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), node.Time, ct).ConfigureAwait(false);
        }
    }

    /// <summary>The pod is gone from the API: end it here too.</summary>
    public void MarkGone()
    {
        lock (gate)
        {
            // Said again and again of a static pod: what ends it is not to be interrupted by that.
            if (gone)
            {
                return;
            }

            gone = true;
            if (!ended)
            {
                step.Cancel();
            }
        }

        Nudge();
    }

    /// <summary>The watch may still tell of the pod while its worker, done with it, is being put away.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            ended = true;
            step.Dispose();
        }

        probes.Dispose();
        reporter.Dispose();
    }

    private async Task RunAsync(CancellationToken ct)
    {
        // Off the watch's own thread.
        await Task.Yield();
        while (true)
        {
            CancellationToken token;
            V1Pod current;
            bool deleted;
            lock (gate)
            {
                if (step.IsCancellationRequested)
                {
                    step.Dispose();
                    step = new CancellationTokenSource();
                }

                token = step.Token;
                current = pod;
                deleted = gone;
            }

            using var linked = CancellationTokenSource.CreateLinkedTokenSource(ct, token);
            DateTimeOffset? wake;
            try
            {
                if (deleted || current.Metadata.DeletionTimestamp is not null)
                {
                    if (await TerminateAsync(current, deleted, linked.Token).ConfigureAwait(false))
                    {
                        return;
                    }

                    wake = node.Time.GetUtcNow() + Retry;
                }
                else
                {
                    wake = await SyncAsync(current, linked.Token).ConfigureAwait(false);
                }
            }
            catch (Exception e) when (!ct.IsCancellationRequested && token.IsCancellationRequested && e is OperationCanceledException or RpcException { StatusCode: StatusCode.Cancelled })
            {
                continue;
            }
            catch (Exception e) when (!ct.IsCancellationRequested && e is RpcException or HttpRequestException or HttpOperationException or IOException or OperationCanceledException)
            {
                // containerd or the API is away, and comes back: the pod itself is not at fault.
                LogRetry(current.Metadata.NamespaceProperty, current.Metadata.Name, e is RpcException rpc ? rpc.Status.Detail : e.Message);
                wake = node.Time.GetUtcNow() + Retry;
            }

            await alarm.SleepAsync(wake, ct).ConfigureAwait(false);
        }
    }

    private async Task<RuntimePod> LookAsync(V1Pod current, CancellationToken ct) => Seen = await reader.ReadAsync(current.Metadata.Uid, ct).ConfigureAwait(false);

    private async Task<DateTimeOffset?> SyncAsync(V1Pod current, CancellationToken ct)
    {
        for (var round = 0; ; round++)
        {
            var runtime = await LookAsync(current, ct).ConfigureAwait(false);
            var now = node.Time.GetUtcNow();
            var deadline = PodTimes.ActiveDeadline(current);
            if (deadline <= now && !PodActionsPlan.IsFinished(current, runtime))
            {
                Memory.Failed ??= new Waiting("DeadlineExceeded", "Pod was active on the node longer than the specified deadline");
            }

            var actions = PodActionsPlan.Compute(current, runtime, Memory, now);
            var refused = actions.CreateSandbox is 0 && !Memory.IsAdmitted && await node.Admission.RefusesAsync(current, Memory, node.Events, ct).ConfigureAwait(false);
            await reporter.ReportAsync(current, ct, runtime).ConfigureAwait(false);
            if (refused)
            {
                return deadline;
            }

            if (actions.StopPod)
            {
                await termination.StopContainersAsync(current, runtime, Memory.FailedGrace ?? TimeSpan.FromSeconds(current.Spec.TerminationGracePeriodSeconds ?? 30), ct).ConfigureAwait(false);
                await termination.StopSandboxesAsync(runtime, ct).ConfigureAwait(false);
                continue;
            }

            if (actions.CreateSandbox is null && actions.Starts.Count == 0 && actions.Kills.Count == 0)
            {
                probes.Follow(current, runtime);
                if (!VolumeMounter.HasProjected(current) || runtime.Sandbox is null)
                {
                    return PodTimes.Earliest(actions.WakeAt, deadline);
                }

                if (node.Time.GetElapsedTime(refreshed) >= Refresh)
                {
                    await MountAsync(current, runtime, ct).ConfigureAwait(false);
                }

                return PodTimes.Earliest(actions.WakeAt, deadline, now + Refresh);
            }

            if (await MountAsync(current, runtime, ct).ConfigureAwait(false) is not { } volumes)
            {
                return now + PodTimes.MountPause(Memory.MountFailures);
            }

            if (actions.CreateSandbox is { } attempt)
            {
                // What a containerd that was killed had only begun counts as not ready, and holds a link and a namespace until it is stopped.
                await termination.StopSandboxesAsync(runtime, ct).ConfigureAwait(false);
                if (!await sandboxes.StartAsync(current, attempt, ct).ConfigureAwait(false))
                {
                    return node.Time.GetUtcNow() + TimeSpan.FromSeconds(Math.Min(1 << Math.Min(round, 5), 30));
                }

                continue;
            }

            await Task.WhenAll(actions.Kills.Select(k => KillAsync(current, runtime, k, ct))).ConfigureAwait(false);
            var retries = await Task.WhenAll(actions.Starts.Select(s => StartAsync(current, s, runtime, volumes, ct))).ConfigureAwait(false);
            if (retries.Any(r => r is not null))
            {
                await reporter.ReportAsync(current, ct).ConfigureAwait(false);
                return PodTimes.Earliest([.. retries, actions.WakeAt, deadline]);
            }
        }
    }

    private async Task<IReadOnlyDictionary<string, string>?> MountAsync(V1Pod current, RuntimePod runtime, CancellationToken ct)
    {
        try
        {
            refreshed = node.Time.GetTimestamp();
            var mounted = await node.Volumes.SetUpAsync(current, runtime.Addresses, ct).ConfigureAwait(false);
            Memory.MountFailures = 0;
            return mounted;
        }
        catch (MountException e)
        {
            Memory.MountFailures++;
            node.Events.Warning(current, "FailedMount", e.Message, null);
            return null;
        }
    }

    private async Task<DateTimeOffset?> StartAsync(V1Pod current, ContainerStart start, RuntimePod runtime, IReadOnlyDictionary<string, string> volumes, CancellationToken ct)
    {
        var retry = await starter.StartAsync(current, start, runtime, volumes, Memory, ct).ConfigureAwait(false);
        if (retry is null)
        {
            // The first of several containers is reported running while the others still pull.
            await reporter.ReportAsync(current, ct).ConfigureAwait(false);
            await termination.CollectAsync(current, start.Container.Name, start.Attempt, runtime, ct).ConfigureAwait(false);
        }

        return retry;
    }

    private async Task KillAsync(V1Pod current, RuntimePod runtime, (string Id, string Name, string Message) kill, CancellationToken ct)
    {
        var grace = Memory.Grace.TryRemove(kill.Id, out var own) ? own : current.Spec.TerminationGracePeriodSeconds ?? 30;
        await termination.StopAsync(current, kill.Id, kill.Name, runtime, TimeSpan.FromSeconds(grace), kill.Message, ct).ConfigureAwait(false);
        Memory.Condemned.TryRemove(kill.Id, out _);
    }

    private async Task<bool> TerminateAsync(V1Pod current, bool deleted, CancellationToken ct)
    {
        probes.OnlyReadiness();
        var grace = deleted && current.Metadata.DeletionTimestamp is null
            ? current.Spec.TerminationGracePeriodSeconds ?? 30
            : deleted ? 0 : current.Metadata.DeletionGracePeriodSeconds ?? 30;
        var runtime = await LookAsync(current, ct).ConfigureAwait(false);
        using (var over = CancellationTokenSource.CreateLinkedTokenSource(ct))
        {
            var reports = deleted ? Task.CompletedTask : ReportReadinessAsync(current, over.Token);
            try
            {
                await termination.StopContainersAsync(current, runtime, TimeSpan.FromSeconds(grace), ct).ConfigureAwait(false);
            }
            finally
            {
                await over.CancelAsync().ConfigureAwait(false);
                await reports.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                probes.Stop();
            }
        }

        runtime = await LookAsync(current, ct).ConfigureAwait(false);
        if (!deleted)
        {
            await reporter.ReportAsync(current, ct, runtime).ConfigureAwait(false);
        }

        await termination.RemoveAsync(current.Metadata.Uid, node.Paths.Logs(current), runtime, ct).ConfigureAwait(false);
        if (!deleted)
        {
            await reporter.DeleteAsync(current, ct).ConfigureAwait(false);
        }

        return true;
    }

    /// <summary>What the readiness probes find while the containers are ending, until cancelled: who is about to go may still be serving, or not any more.</summary>
    private async Task ReportReadinessAsync(V1Pod current, CancellationToken ct)
    {
        while (true)
        {
            await alarm.NudgedAsync(ct).ConfigureAwait(false);
            try
            {
                await reporter.ReportAsync(current, ct).ConfigureAwait(false);
            }
            catch (Exception e) when (!ct.IsCancellationRequested && e is RpcException or HttpRequestException or HttpOperationException or IOException)
            {
                LogRetry(current.Metadata.NamespaceProperty, current.Metadata.Name, e.Message);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "pod {Namespace}/{Name}: {Why}; trying again")]
    private partial void LogRetry(string @namespace, string name, string why);
}
