using Grpc.Core;
using k8s.Models;
using Vitrine.Agent.Cri;

namespace Vitrine.Agent.Pods;

/// <summary>Creates a pod's sandbox: its network namespace, address and cgroup.</summary>
internal sealed class SandboxStarter(NodeContext node)
{
    public PodSandboxConfig Config(V1Pod pod, uint attempt)
    {
        var ofNode = ResolvConf.Parse(File.Exists(ResolvConf.Path) ? File.ReadAllText(ResolvConf.Path) : "");
        var dns = new PodDns(ofNode, [.. node.Options.ClusterDns.Select(a => a.ToString())], node.Options.ClusterDomain);
        return SandboxConfigPlan.Compute(pod, attempt, node.Paths, node.Cgroups.PathOf(pod), dns, PodHostname.Of(pod, node.Options.ClusterDomain));
    }

    /// <returns>False when it failed; an event says why.</returns>
    public async Task<bool> StartAsync(V1Pod pod, uint attempt, CancellationToken ct)
    {
        Directory.CreateDirectory(node.Paths.Logs(pod));
        await node.SandboxStarts.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            node.Cgroups.Prepare(pod);
            await node.Runtime.Runtime.RunPodSandboxAsync(new RunPodSandboxRequest { Config = Config(pod, attempt) }, cancellationToken: ct).ConfigureAwait(false);
            return true;
        }
        catch (RpcException e) when (!ct.IsCancellationRequested)
        {
            node.Events.Warning(pod, "FailedCreatePodSandBox", $"Failed to create pod sandbox: rpc error: code = {e.StatusCode} desc = {e.Status.Detail}", null);
            return false;
        }
        catch (ConfigException e)
        {
            node.Events.Warning(pod, "FailedCreatePodSandBox", $"Failed to create pod sandbox: {e.Message}", null);
            return false;
        }
        finally
        {
            node.SandboxStarts.Release();
        }
    }
}
