using System.Runtime.CompilerServices;

namespace Vitrine.Cluster;

/// <summary>The sock shop of the fourth chapter, in its own namespace; one for all tests of a cluster.</summary>
internal static class SockShop
{
    public const string Namespace = "sock-shop";

    private static readonly ConditionalWeakTable<TestCluster, Lazy<Task>> Open = [];

    /// <summary>When this returns, every part of it is ready.</summary>
    public static Task OpenAsync(TestCluster cluster) => Open.GetValue(cluster, c => new Lazy<Task>(() => ApplyAsync(c))).Value;

    /// <summary>The guestbook's front end alone, in a namespace of the test's.</summary>
    public static async Task<string> GuestbookAsync(TestCluster cluster, string name)
    {
        var ns = await cluster.NamespaceAsync(name);
        await cluster.KubectlAsync($"apply -n {ns} -l tier=frontend -f {Pods.ExamplePath("3-services", "guestbook.yaml")}");
        await cluster.KubectlAsync($"rollout status deployment/frontend -n {ns} --timeout=90s", limit: TimeSpan.FromSeconds(100));
        return ns;
    }

    private static async Task ApplyAsync(TestCluster cluster)
    {
        await cluster.KubectlAsync($"apply -f {Pods.ExamplePath("4-ingress", "sock-shop.yaml")}");
        await cluster.KubectlAsync($"wait deployment --all -n {Namespace} --for=condition=Available --timeout=120s", limit: TimeSpan.FromSeconds(130));
    }
}
