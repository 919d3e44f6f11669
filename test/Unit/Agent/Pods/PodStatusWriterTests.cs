using System.Net;
using k8s;
using k8s.Models;
using Vitrine.Agent.Pods;
using Xunit;

namespace Vitrine.Unit.Agent.Pods;

public sealed class PodStatusWriterTests
{
    private readonly Asked asked = new();

    [Fact]
    public async Task What_was_sent_is_sent_again_only_where_the_control_plane_has_overwritten_it()
    {
        using var api = new Kubernetes(new KubernetesClientConfiguration { Host = "http://192.0.2.1" }, asked);
        var writer = new PodStatusWriter(api);
        var pod = PodBuilder.Pod();
        var status = new V1PodStatus { Phase = "Running", Conditions = [new V1PodCondition { Type = "Ready", Status = "True" }] };
        Assert.True(await writer.WriteAsync(pod, status, default));
        Assert.True(await writer.WriteAsync(pod, status, default));
        Assert.Equal(1, asked.Patches);

        pod.Status = new V1PodStatus { Conditions = [new V1PodCondition { Type = "Ready", Status = "False", Reason = "ContainersNotReady" }] };
        Assert.True(await writer.WriteAsync(pod, status, default));
        Assert.Equal(1, asked.Patches);

        pod.Status.Conditions[0].Reason = "NodeNotReady";
        Assert.True(await writer.WriteAsync(pod, status, default));
        Assert.Equal(2, asked.Patches);
    }

    private sealed class Asked : DelegatingHandler
    {
        public int Patches { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Patches += request.Method == HttpMethod.Patch ? 1 : 0;
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { RequestMessage = request, Content = new StringContent("{}") });
        }
    }
}
