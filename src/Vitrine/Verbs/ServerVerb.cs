using System.CommandLine;
using System.Net;
using Vitrine.ApiServer;
using Vitrine.ApiServer.Services;
using Vitrine.Clusters;
using Vitrine.Control;
using Vitrine.Images;
using Vitrine.Mapping;
using Vitrine.Model.Plans;

namespace Vitrine.Verbs;

/// <summary>`vitrine server`: the control plane of a cluster — API server, controllers, scheduler, image mirror — in the foreground.</summary>
internal static class ServerVerb
{
    public static Command Create()
    {
        var name = VerbOptions.Name();
        var command = new Command("server", "Run a cluster's control plane in the foreground (started by up).") { name };
        command.SetAction((parse, ct) => RunAsync(new ClusterPaths(parse.GetValue(name)!), ct));
        return command;
    }

    private static async Task<int> RunAsync(ClusterPaths paths, CancellationToken ct)
    {
        RootUser.Require("server");
        var spec = ClusterSpec.Require(paths);
        var pki = new Pki(paths.Pki, TimeProvider.System);
        using var authority = pki.LoadAuthority();
        using var tokenKey = pki.EnsureTokenKey();
        using var logs = ComponentLogs.Create();
        await using var api = await ApiServerHost.StartAsync(
            new ApiServerOptions
            {
                DataDirectory = paths.ServerData,
                Listen = [new IPEndPoint(IPAddress.Loopback, spec.ApiPort), .. spec.BridgeAddresses.Select(a => new IPEndPoint(a, spec.ApiPort))],
                ServingCertificate = pki.Load("apiserver"),
                ClusterCa = pki.Ca,
                KubeletClientCertificate = pki.Load("apiserver-kubelet-client"),
                TokenKey = tokenKey,
                Services = new ServiceRanges { Cidrs = [.. ClusterSpec.Parse(spec.ServiceCidrs)], AllowExternalIPs = spec.AllowExternalIPs },
                AuditLogPath = spec.AuditLogPath,
                AuditPolicyFile = spec.AuditPolicyFile,
                DefaultTolerationSeconds = spec.DefaultTolerationSeconds,
            },
            logs,
            TimeProvider.System,
            ct);
        await using var mirror = await ImageMirror.StartAsync(new IPEndPoint(spec.BridgeAddresses[0], ClusterComponents.MirrorPort), new ImageStore(ClusterPaths.Images), ct);
        await using var map = await MapServer.StartAsync(paths, spec, TimeProvider.System, ct);
        var proxy = new PullProxyLoop(
            new IPEndPoint(spec.BridgeAddresses[0], ClusterComponents.PullProxyPort), IPNetwork.Parse(spec.NodeCidrs[0]), [.. spec.AllRanges.Select(r => r.Range)], logs.CreateLogger("pull-proxy"));
        var control = new ControlLoop(
            new ControlOptions
            {
                Kubeconfig = paths.Kubeconfig("controller-manager"),
                ClusterCidrs = [.. ClusterSpec.Parse(spec.PodCidrs).Select(ClusterCidr.Of)],
                RootCaPem = pki.CaPem,
                ApiEndpoints = [.. spec.BridgeAddresses.Select(a => new IPEndPoint(a, spec.ApiPort))],
                LoadBalancerPools = spec.Pools,
                DnsAddresses = [.. spec.DnsAddresses],
                ApiServiceAddresses = [.. spec.ApiServiceAddresses],
                NodeMonitorGracePeriod = TimeSpan.FromSeconds(spec.NodeMonitorGracePeriod),
                Authority = authority,
            },
            logs,
            TimeProvider.System);
        try
        {
            await Task.WhenAll(control.RunAsync(ct), proxy.RunAsync(ct));
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // Asked to stop: the store is closed by disposal, which waits for writes under way.
        }

        return 0;
    }
}
