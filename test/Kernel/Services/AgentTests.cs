using System.Net;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;
using Vitrine.Dataplane;
using Xunit;

namespace Vitrine.Kernel.Services;

/// <summary>The whole agent against an API.</summary>
public sealed class AgentTests
{
    [Theory]
    [InlineData("v1")]
    [InlineData("v1beta1")]
    [InlineData("")]
    public async Task Objects_of_the_api_become_services_with_slices_or_with_endpoints(string slices)
    {
        using var lab = new ServiceLab(2, 1);
        using var api = new ServiceApi(slices);
        var node = lab.Lab.Nodes[0];
        api.Put("api/v1/nodes", new V1Node
        {
            Metadata = new V1ObjectMeta { Name = "node-1", Uid = "1" }, Spec = new V1NodeSpec { PodCIDRs = [.. node.Node.PodCidrs.Select(c => c.ToString())] },
            Status = new V1NodeStatus { Addresses = [new V1NodeAddress { Type = "InternalIP", Address = $"{node.V4}" }] },
        });
        foreach (var pod in node.Pods)
            api.Put("api/v1/pods", new V1Pod
            {
                Metadata = new V1ObjectMeta { Name = pod.Pod.Name, NamespaceProperty = pod.Pod.Namespace, Uid = pod.Pod.Uid }, Spec = new V1PodSpec { NodeName = "node-1", Containers = [] },
                Status = new V1PodStatus { PodIPs = [new V1PodIP { Ip = $"{pod.V4}" }] },
            });
        using var stop = new CancellationTokenSource();
        var options = new DataplaneOptions { NodeName = "node-1", Services = lab.Rules };
        var agent = NodePart.RunAsync(node.Netns, api.Port, (watch, ct) => DataplaneAgent.RunAsync(options, watch, NullLoggerFactory.Instance, TimeProvider.System, ct), stop.Token);
        api.Put("api/v1/services", new V1Service
        {
            Metadata = new V1ObjectMeta { Name = "web", NamespaceProperty = "default", Uid = "w" },
            Spec = new V1ServiceSpec { ClusterIP = "10.96.0.10", ClusterIPs = ["10.96.0.10"], Ports = [new V1ServicePort { Port = 80, Protocol = "TCP" }] },
        });
        await UntilAsync("refused");
        for (var i = 0; i < 6; i++)
        {
            Endpoints(lab.Webs[i % 2].V4);
            await UntilAsync($"web-{i % 2}");
        }
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => agent);
        // Nobody is there, and all goes on.
        Assert.StartsWith("web-1", Client.Tcp(lab.Clients[0].Netns, ServiceLab.Vip4, 80));

        void Endpoints(IPAddress address)
        {
            if (slices.Length > 0)
                api.Put($"apis/discovery.k8s.io/{slices}/endpointslices", new V1EndpointSlice
                {
                    Metadata = new V1ObjectMeta { Name = "web-a", NamespaceProperty = "default", Labels = new Dictionary<string, string> { ["kubernetes.io/service-name"] = "web" } },
                    AddressType = "IPv4", Ports = [new Discoveryv1EndpointPort { Port = 8080, Protocol = "TCP" }], Endpoints = [new V1Endpoint { Addresses = [$"{address}"] }],
                });
            else
                api.Put("api/v1/endpoints", new V1Endpoints
                {
                    Metadata = new V1ObjectMeta { Name = "web", NamespaceProperty = "default" },
                    Subsets = [new V1EndpointSubset { Addresses = [new V1EndpointAddress { Ip = $"{address}" }], Ports = [new Corev1EndpointPort { Port = 8080, Protocol = "TCP" }] }],
                });
        }

        async Task UntilAsync(string wanted)
        {
            using var late = new CancellationTokenSource(TimeSpan.FromSeconds(8));
            string heard;
            while (!(heard = Client.Tcp(lab.Clients[0].Netns, ServiceLab.Vip4, 80)).StartsWith(wanted, StringComparison.Ordinal))
            {
                Assert.False(late.IsCancellationRequested, $"{heard}, not {wanted}; {agent.Exception}");
                await Task.Delay(10);
            }
        }
    }
}
