using System.Threading.Channels;
using k8s;
using Microsoft.Extensions.Logging;
using Vitrine.Dataplane.Apply;
using Vitrine.Dataplane.Watch;

namespace Vitrine.Dataplane;

/// <summary>The node's data path: watches the cluster and keeps the kernel as the plans say.</summary>
public static class DataplaneAgent
{
    /// <summary>Runs until cancelled; what is in the kernel stays in force afterwards.</summary>
    public static async Task RunAsync(DataplaneOptions options, ILoggerFactory logs, TimeProvider time, CancellationToken ct)
    {
        using var api = new Kubernetes(KubernetesClientConfiguration.BuildConfigFromConfigFile(options.Kubeconfig));
        var cluster = new ClusterWatch(api, logs.CreateLogger<ClusterWatch>(), time);
        using var apply = new NodeApply(options.Services.ServiceRanges);
        using var kernel = new KernelWatch();
        // One place is enough: the signal says "look again", and the newest snapshot is what is looked at.
        var signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        var loop = new ApplyLoop(apply, () => cluster.Current, options.NodeName, logs.CreateLogger<ApplyLoop>(), time);

        var news = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        var watch = new ServiceWatch(api, logs.CreateLogger<ServiceWatch>(), time);
        using var services = new ServiceLoop(watch.Take, options.NodeName, options.Services, logs.CreateLogger<ServiceLoop>(), time);

        // The first that fails ends the agent; its supervisor starts it again.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task[] all = [
            cluster.RunAsync(signal.Writer, stop.Token), kernel.RunAsync(signal.Writer, stop.Token), loop.RunAsync(signal.Reader, stop.Token),
            watch.RunAsync(news.Writer, stop.Token), services.RunAsync(news, stop.Token)];
        try
        {
            await (await Task.WhenAny(all).ConfigureAwait(false)).ConfigureAwait(false);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(all).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
