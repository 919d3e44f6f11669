using System.Collections.Concurrent;
using k8s;
using k8s.Models;
using Vitrine.Model.Plans.Gateway;
using Vitrine.Model.Watching;
using Vitrine.Unit.Control;
using Xunit;

namespace Vitrine.Unit.Model;

/// <summary>A node's plans against a real API server.</summary>
public sealed class GatewayLoopTests : BesideControlPlane
{
    private readonly Asked asked = new();
    private readonly List<GatewayPlan> plans = [];

    public override async ValueTask InitializeAsync()
    {
        await StartAsync(0, asked);
        await plane.UntilAsync("the class", async () => (await plane.Client.NetworkingV1.ListIngressClassAsync()).Items.Count > 0);
        var watch = new AgentWatch(client, "n0", _ => { }, TimeProvider.System);
        var loop = new GatewayLoop(client, watch, _ => { }, TimeProvider.System);
        running = Task.WhenAll(watch.RunAsync(stop.Token), CollectAsync(loop));
    }

    [Fact]
    public async Task Only_Secrets_that_are_referred_to_are_read_and_by_their_names()
    {
        foreach (var name in new[] { "users", "other" })
            await plane.Client.CoreV1.CreateNamespacedSecretAsync(new V1Secret { Metadata = new V1ObjectMeta { Name = name }, StringData = new Dictionary<string, string> { ["auth"] = "ann:{SHA}x" } }, "default");
        await plane.Client.CoreV1.CreateNamespacedServiceAsync(new V1Service { Metadata = new V1ObjectMeta { Name = "web" }, Spec = new V1ServiceSpec { Ports = [new V1ServicePort { Port = 80 }] } }, "default");
        await plane.Client.NetworkingV1.CreateNamespacedIngressAsync(Ingress(), "default");
        await UntilAsync(p => Users(p) == "ann");
        // No plan in between had the route without its users.
        Assert.DoesNotContain(Copy(), p => p.Listeners.SelectMany(l => l.Hosts).Any(h => h.Rules.Any(r => r.Backends.IsEmpty)) && p.Problems.Any(b => b.Message.Contains("secret/default/users", StringComparison.Ordinal)));
        var secrets = asked.Uris.Where(u => u.Contains("/secrets", StringComparison.Ordinal)).ToArray();
        Assert.NotEmpty(secrets);
        Assert.All(secrets, u => Assert.Contains("/namespaces/default/secrets?fieldSelector=metadata.name%3Dusers", u, StringComparison.Ordinal));

        var secret = FieldOwners.Dropped(await plane.Client.CoreV1.ReadNamespacedSecretAsync("users", "default"));
        secret.StringData = new Dictionary<string, string> { ["auth"] = "bob:{SHA}x" };
        await plane.Client.CoreV1.ReplaceNamespacedSecretAsync(secret, "users", "default");
        await UntilAsync(p => Users(p) == "bob");
        await plane.Client.CoreV1.DeleteNamespacedSecretAsync("users", "default");
        await UntilAsync(p => Users(p) is null && p.Problems.Any(b => b.Message.Contains("secret/default/users does not exist", StringComparison.Ordinal)));
    }

    private static string? Users(GatewayPlan plan) => plan.Listeners.SelectMany(l => l.Hosts).SelectMany(h => h.Rules).SelectMany(r => r.Filters).OfType<BasicAuthFilter>().FirstOrDefault()?.Users.Keys.Single();

    private static V1Ingress Ingress() => new()
    {
        Metadata = new V1ObjectMeta { Name = "a", Annotations = new Dictionary<string, string> { ["nginx.ingress.kubernetes.io/auth-type"] = "basic", ["nginx.ingress.kubernetes.io/auth-secret"] = "users" } },
        Spec = new V1IngressSpec { IngressClassName = "vitrine", DefaultBackend = new V1IngressBackend { Service = new V1IngressServiceBackend { Name = "web", Port = new V1ServiceBackendPort { Number = 80 } } } },
    };

    private async Task CollectAsync(GatewayLoop loop)
    {
        await foreach (var plan in loop.RunAsync(stop.Token))
            lock (plans)
                plans.Add(plan);
    }

    private GatewayPlan[] Copy()
    {
        lock (plans)
            return [.. plans];
    }

    private Task UntilAsync(Func<GatewayPlan, bool> condition) => plane.UntilAsync("a plan", () => Task.FromResult(Copy() is [.., var last] && condition(last)));

    private sealed class Asked : DelegatingHandler
    {
        public ConcurrentBag<string> Uris { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Uris.Add(request.RequestUri!.PathAndQuery);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
