using System.Collections.Concurrent;
using System.Reflection;
using Xunit;
using Xunit.v3;

[assembly: Vitrine.Cluster.NamespaceCleanup]

namespace Vitrine.Cluster;

/// <summary>What a test has made goes when it ends: the nodes of a shared cluster hold 110 pods each.</summary>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class NamespaceCleanupAttribute : BeforeAfterTestAttribute
{
    private static readonly ConcurrentDictionary<string, ConcurrentBag<(TestCluster Cluster, string Namespace)>> Made = [];

    /// <summary>The namespace belongs to the test that runs now.</summary>
    public static void Remember(TestCluster cluster, string ns)
    {
        if (TestContext.Current.Test is { } test)
        {
            Made.GetOrAdd(test.UniqueID, _ => []).Add((cluster, ns));
        }
    }

    public override void After(MethodInfo methodUnderTest, IXunitTest test)
    {
        if (Made.TryRemove(test.UniqueID, out var made))
        {
            // A test may have deleted it itself, or its whole cluster.
            Task.Run(() => Task.WhenAll(made.Select(m => m.Cluster.TryAsync($"delete namespace {m.Namespace} --wait=false --ignore-not-found --request-timeout=5s")))).GetAwaiter().GetResult();
        }
    }
}
