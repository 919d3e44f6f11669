using System.Globalization;
using System.Text;
using Grpc.Core;
using k8s.Models;
using Vitrine.Agent.Cri;
using Vitrine.Agent.Probes;

namespace Vitrine.Agent.Pods;

/// <summary>postStart and preStop handlers: exec, httpGet, sleep (tcpSocket is accepted and, as upstream, does nothing).</summary>
internal sealed class LifecycleHooks(ContainerRuntime runtime, HttpProber http, TimeProvider time)
{
    /// <returns>Why it failed, or null.</returns>
    public async Task<string?> RunAsync(V1LifecycleHandler hook, V1Container container, string id, string podIp, TimeSpan limit, CancellationToken ct)
    {
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(ct);
        if (limit != Timeout.InfiniteTimeSpan)
        {
            bounded.CancelAfter(limit);
        }

        try
        {
            switch (hook)
            {
                case { Exec: { } exec }:
                    var request = new ExecSyncRequest { ContainerId = id };
                    request.Cmd.AddRange(exec.Command);
                    var answer = await runtime.Runtime.ExecSyncAsync(request, cancellationToken: bounded.Token).ConfigureAwait(false);
                    return answer.ExitCode == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"command '{string.Join(' ', exec.Command)}' exited with {answer.ExitCode}: {Encoding.UTF8.GetString((answer.Stderr.IsEmpty ? answer.Stdout : answer.Stderr).Span)}");
                case { HttpGet: { } get }:
                    return (await http.ProbeAsync(get, container, podIp, bounded.Token).ConfigureAwait(false)).Failure;
                case { Sleep: { } sleep }:
                    await Task.Delay(TimeSpan.FromSeconds(sleep.Seconds), time, bounded.Token).ConfigureAwait(false);
                    return null;
                default:
                    return null;
            }
        }
        catch (Exception e) when (e is OperationCanceledException or RpcException && !ct.IsCancellationRequested)
        {
            return bounded.IsCancellationRequested ? "it did not end within the grace period" : ((RpcException)e).Status.Detail;
        }
    }
}
