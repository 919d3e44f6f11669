using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;
using Vitrine.ApiServer;
using Vitrine.Control;
using Vitrine.Model.Plans;
using Vitrine.Unit.ApiServer.Verbs;

namespace Vitrine.Unit.Control;

/// <summary>The whole control plane in this process: API server, controllers, scheduler, and an agent that pretends to run pods.</summary>
internal sealed class ControlPlane : IAsyncDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("vitrine-control-").FullName;
    private readonly CancellationTokenSource stop = new();
    private ApiServerHost host = null!;
    private Task running = Task.CompletedTask;
    private KubernetesClientConfiguration configuration = null!;
    private Kubernetes controllers = null!;
    private int addresses;

    public Kubernetes Client { get; private set; } = null!;

    /// <summary>Pods of these images end at once with that exit code; the others run and are ready.</summary>
    public Dictionary<string, int> Ends { get; } = [];

    public static async Task<ControlPlane> StartAsync(int nodes = 2)
    {
        ControlPlane plane = new();
        TestCertificates certificates = new();
        ApiServerOptions options = new()
        {
            DataDirectory = Path.Combine(plane.directory, "data"),
            Listen = [new IPEndPoint(IPAddress.Loopback, 0)],
            ServingCertificate = certificates.Server(),
            ClusterCa = certificates.Authority,
            KubeletClientCertificate = certificates.Client("kubelet-client", "system:masters"),
        };
        plane.host = await ApiServerHost.StartAsync(options, NullLoggerFactory.Instance, TimeProvider.System, CancellationToken.None);
        plane.configuration = plane.As(certificates.Client("admin", "system:masters"));
        plane.Client = plane.Connect();
        // As in a real cluster: what the controllers do, roles have to allow.
        plane.controllers = new Kubernetes(plane.As(certificates.Client("system:kube-controller-manager", "controllers")));
        ControlOptions control = new() { Kubeconfig = "", ClusterCidrs = [ClusterCidr.Of(IPNetwork.Parse("10.200.0.0/16"))], RootCaPem = "pem", ApiEndpoints = [new IPEndPoint(IPAddress.Parse("192.0.2.1"), 6443)], ApiServiceAddresses = [IPAddress.Parse("10.96.0.1")], LoadBalancerPools = [AddressPool.Parse("192.0.2.100-192.0.2.100")!] };
        plane.running = Task.WhenAll(new ControlLoop(control, NullLoggerFactory.Instance, TimeProvider.System).RunAsync(plane.controllers, plane.stop.Token), plane.PretendAsync(plane.stop.Token));
        for (var i = 0; i < nodes; i++)
        {
            await plane.AddNodeAsync($"n{i}");
        }

        return plane;
    }

    /// <summary>Another client, whose requests go through a handler.</summary>
    public Kubernetes Connect(params DelegatingHandler[] handlers) => new(configuration, handlers);

    public async Task UntilAsync(string what, Func<Task<bool>> condition)
    {
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(60));
        while (!await condition())
        {
            if (patience.IsCancellationRequested)
            {
                V1DeploymentList there = await Client.AppsV1.ListNamespacedDeploymentAsync("default");
                throw new TimeoutException($"waited for: {what}; controllers {running.Status} {running.Exception?.InnerException}; {KubernetesJson.Serialize(there)}");
            }

            await Task.Delay(50);
        }
    }

    public async Task<IList<V1Pod>> PodsAsync(string selector = "") => (await Client.CoreV1.ListNamespacedPodAsync("default", labelSelector: selector)).Items;

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running.ContinueWith(_ => { }, TaskScheduler.Default);
        controllers.Dispose();
        Client.Dispose();
        await host.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    private KubernetesClientConfiguration As(X509Certificate2 user)
    {
        using (user)
        {
            using ECDsa key = user.GetECDsaPrivateKey()!;
            return new KubernetesClientConfiguration
            {
                Host = $"https://{host.Addresses[0]}",
                SkipTlsVerify = true,
                ClientCertificateData = Convert.ToBase64String(Encoding.ASCII.GetBytes(user.ExportCertificatePem())),
                ClientCertificateKeyData = Convert.ToBase64String(Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem())),
            };
        }
    }

    private async Task AddNodeAsync(string name)
    {
        Dictionary<string, ResourceQuantity> room = new() { ["cpu"] = new("8"), ["memory"] = new("16Gi"), ["pods"] = new("110") };
        V1Node node = new() { ApiVersion = "v1", Kind = "Node", Metadata = new V1ObjectMeta { Name = name, Labels = new Dictionary<string, string> { ["kubernetes.io/hostname"] = name, ["kubernetes.io/os"] = "linux" } }, Spec = new V1NodeSpec() };
        V1Node made = await Client.CoreV1.CreateNodeAsync(node);
        made.Status = new V1NodeStatus { Allocatable = room, Capacity = room, Conditions = [new V1NodeCondition { Type = "Ready", Status = "True", Reason = "x", LastTransitionTime = Make.Now }] };
        V1Patch patch = new(KubernetesJson.Serialize(new V1Node { Status = made.Status }), V1Patch.PatchType.StrategicMergePatch);
        await Client.CoreV1.PatchNodeStatusAsync(patch, name);
    }

    private async Task PretendAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            foreach (V1Pod pod in (await Client.CoreV1.ListPodForAllNamespacesAsync(cancellationToken: ct)).Items.Where(p => p.Spec.NodeName is not null))
            {
                try
                {
                    await PretendAsync(pod, ct);
                }
                catch (k8s.Autorest.HttpOperationException e) when (e.Response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Conflict)
                {
                }
            }

            await Task.Delay(20, ct);
        }
    }

    private async Task PretendAsync(V1Pod pod, CancellationToken ct)
    {
        if (pod.Metadata.DeletionTimestamp is not null)
        {
            if (pod.Metadata.DeletionGracePeriodSeconds != 0)
            {
                await Client.CoreV1.DeleteNamespacedPodAsync(pod.Metadata.Name, pod.Metadata.NamespaceProperty, gracePeriodSeconds: 0, cancellationToken: ct);
            }

            return;
        }

        if (pod.Status?.Phase is "Pending" or null)
        {
            string address = $"10.200.{Interlocked.Increment(ref addresses) / 250}.{addresses % 250 + 1}";
            int? exit = Ends.TryGetValue(pod.Spec.Containers[0].Image, out var code) ? code : null;
            V1PodStatus status = new()
            {
                Phase = exit is null ? "Running" : exit == 0 ? "Succeeded" : "Failed",
                PodIP = address,
                PodIPs = [new V1PodIP { Ip = address }],
                Conditions = [new V1PodCondition { Type = "Ready", Status = exit is null ? "True" : "False", LastTransitionTime = TimeProvider.System.GetUtcNow().UtcDateTime }],
            };
            V1Patch patch = new(KubernetesJson.Serialize(new V1Pod { Status = status }), V1Patch.PatchType.StrategicMergePatch);
            await Client.CoreV1.PatchNamespacedPodStatusAsync(patch, pod.Metadata.Name, pod.Metadata.NamespaceProperty, cancellationToken: ct);
        }
    }
}
