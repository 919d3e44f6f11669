using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;
using Grpc.Core;
using k8s.Models;
using Vitrine.Agent.Cri;
using Vitrine.Agent.Pods;

namespace Vitrine.Agent.Probes;

/// <summary>One probe of one container: its period, timeout and thresholds.</summary>
internal sealed class ProbeRun(NodeContext node, Probers probers, V1Pod pod, V1Container container, ContainerStatus status, string ip)
{
    /// <summary>True at the first success, false after failureThreshold failures in a row.</summary>
    public async Task<bool> UntilSuccessAsync(V1Probe probe, string kind, CancellationToken ct)
    {
        await foreach (var verdict in VerdictsAsync(probe, kind, ct).ConfigureAwait(false))
        {
            return verdict;
        }

        return false;
    }

    /// <summary>Each change of verdict, the first one included.</summary>
    public async IAsyncEnumerable<bool> VerdictsAsync(V1Probe probe, string kind, [EnumeratorCancellation] CancellationToken ct)
    {
        // From the container's start on, whoever watches it since when.
        var first = DateTimeOffset.UnixEpoch.AddTicks(status.StartedAt / 100).AddSeconds(probe.InitialDelaySeconds ?? 0) - node.Time.GetUtcNow();
        if (probe.InitialDelaySeconds is > 0 && first > TimeSpan.Zero)
        {
            await Task.Delay(first, node.Time, ct).ConfigureAwait(false);
        }

        bool? verdict = null;
        var streak = 0;
        bool? last = null;
        while (true)
        {
            var began = node.Time.GetTimestamp();
            var result = await OnceAsync(probe, ct).ConfigureAwait(false);
            if (!result.Succeeded)
            {
                node.Events.Warning(pod, "Unhealthy", $"{kind} probe failed: {result.Failure}", container.Name);
            }

            streak = last == result.Succeeded ? streak + 1 : 1;
            last = result.Succeeded;
            var threshold = result.Succeeded ? probe.SuccessThreshold ?? 1 : probe.FailureThreshold ?? 3;
            if (streak >= threshold && verdict != result.Succeeded)
            {
                verdict = result.Succeeded;
                yield return verdict.Value;
            }

            var rest = TimeSpan.FromSeconds(Math.Max(probe.PeriodSeconds ?? 10, 1)) - node.Time.GetElapsedTime(began);
            await Task.Delay(rest > TimeSpan.Zero ? rest : TimeSpan.Zero, node.Time, ct).ConfigureAwait(false);
        }
    }

    private async Task<ProbeResult> OnceAsync(V1Probe probe, CancellationToken ct)
    {
        var seconds = Math.Max(probe.TimeoutSeconds ?? 1, 1);
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(ct);
        bounded.CancelAfter(TimeSpan.FromSeconds(seconds));
        try
        {
            return probe switch
            {
                { Exec: { } exec } => await ExecAsync(exec, seconds, bounded.Token).ConfigureAwait(false),
                { HttpGet: { } get } => await probers.Http.ProbeAsync(get, container, ip, bounded.Token).ConfigureAwait(false),
                { TcpSocket: { } tcp } => await ConnectAsync(tcp, bounded.Token).ConfigureAwait(false),
                { Grpc: { } grpc } => await probers.Grpc.ProbeAsync(grpc, ip, bounded.Token).ConfigureAwait(false),
                _ => new("missing probe handler"),
            };
        }
        catch (Exception e) when (!ct.IsCancellationRequested && e is OperationCanceledException or RpcException { StatusCode: StatusCode.DeadlineExceeded or StatusCode.Cancelled })
        {
            return new($"no answer within {seconds}s");
        }
        catch (RpcException e) when (!ct.IsCancellationRequested)
        {
            return new(e.Status.Detail);
        }
    }

    private async Task<ProbeResult> ExecAsync(V1ExecAction exec, int seconds, CancellationToken ct)
    {
        var request = new ExecSyncRequest { ContainerId = status.Id, Timeout = seconds };
        request.Cmd.AddRange(exec.Command);
        var answer = await node.Runtime.Runtime.ExecSyncAsync(request, cancellationToken: ct).ConfigureAwait(false);
        return new(answer.ExitCode == 0 ? null : Encoding.UTF8.GetString(answer.Stdout.Span) + Encoding.UTF8.GetString(answer.Stderr.Span));
    }

    private async Task<ProbeResult> ConnectAsync(V1TCPSocketAction tcp, CancellationToken ct)
    {
        if (ContainerPort.Find(tcp.Port, container) is not { } port)
        {
            return new($"port {tcp.Port.Value} is not one of the container's ports");
        }

        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(tcp.Host is { Length: > 0 } host ? host : ip, port, ct).ConfigureAwait(false);
            return new(null);
        }
        catch (SocketException e)
        {
            return new($"dial tcp {ip}:{port}: {e.Message}");
        }
    }
}
