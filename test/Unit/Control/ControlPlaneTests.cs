using k8s;
using k8s.Models;
using Vitrine.Control.Deployments;
using Xunit;

namespace Vitrine.Unit.Control;

/// <summary>Controllers against the real API server; only the node agent is a pretence.</summary>
public sealed class ControlPlaneTests : IAsyncLifetime
{
    private ControlPlane plane = null!;

    private Kubernetes Client => plane.Client;

    public async ValueTask InitializeAsync() => plane = await ControlPlane.StartAsync();

    public ValueTask DisposeAsync() => plane.DisposeAsync();

    [Fact]
    public async Task A_Deployment_comes_up_rolls_goes_back_and_goes_away()
    {
        await Client.AppsV1.CreateNamespacedDeploymentAsync(Deployment(3), "default");
        await RolledOutAsync(3, 1);
        var pods = await plane.PodsAsync("app=a");
        Assert.Equal([1, 2], pods.CountBy(p => p.Spec.NodeName).Select(c => c.Value).Order());
        Assert.All(pods, p => Assert.Matches("^web-[a-z0-9]+-[a-z0-9]{5}$", p.Metadata.Name));

        await PatchAsync("""{"spec":{"template":{"spec":{"containers":[{"name":"c","image":"nginx:2"}]}}}}""");
        await RolledOutAsync(3, 2);
        await PatchAsync("""{"spec":{"template":{"spec":{"containers":[{"name":"c","image":"nginx:1"}]}}}}""");
        await RolledOutAsync(3, 3);
        Assert.Equal(2, (await Client.AppsV1.ListNamespacedReplicaSetAsync("default")).Items.Count);

        await PatchAsync("""{"spec":{"replicas":5}}""");
        await RolledOutAsync(5, 3);
        await Client.AppsV1.DeleteNamespacedDeploymentAsync("web", "default");
        await plane.UntilAsync("all is collected", async () => (await plane.PodsAsync()).Count == 0 && (await Client.AppsV1.ListNamespacedReplicaSetAsync("default")).Items.Count == 0);
    }

    [Fact]
    public async Task A_deletion_in_the_foreground_ends_with_the_owner_and_an_orphaning_one_leaves_the_pods()
    {
        await Client.AppsV1.CreateNamespacedDeploymentAsync(Deployment(2), "default");
        await RolledOutAsync(2, 1);
        await Client.AppsV1.DeleteNamespacedDeploymentAsync("web", "default", propagationPolicy: "Orphan");
        await plane.UntilAsync("the set is an orphan", async () => (await Client.AppsV1.ListNamespacedReplicaSetAsync("default")).Items is [{ Metadata.OwnerReferences: null or { Count: 0 } }]);
        var set = (await Client.AppsV1.ListNamespacedReplicaSetAsync("default")).Items[0];
        Assert.Equal(2, (await plane.PodsAsync()).Count);
        await Client.AppsV1.DeleteNamespacedReplicaSetAsync(set.Metadata.Name, "default", propagationPolicy: "Foreground");
        await plane.UntilAsync("the set is gone", async () => (await Client.AppsV1.ListNamespacedReplicaSetAsync("default")).Items.Count == 0);
        Assert.Empty((await plane.PodsAsync()).Where(p => p.Metadata.OwnerReferences?.Any(o => o.BlockOwnerDeletion == true) == true));
    }

    [Fact]
    public async Task A_hundred_replicas_come_in_one_go_and_never_one_too_many()
    {
        await Client.AppsV1.CreateNamespacedDeploymentAsync(Deployment(100), "default");
        await plane.UntilAsync("a hundred pods run", async () => (await plane.PodsAsync()) is var pods && Seen(pods.Count) && pods.Count(p => p.Status.Phase == "Running") == 100);

        static bool Seen(int count)
        {
            Assert.True(count <= 100, $"{count} pods");
            return true;
        }
    }

    [Fact]
    public async Task A_Job_completes_and_leaves_no_finalizer()
    {
        plane.Ends["ok"] = 0;
        V1Job job = new() { ApiVersion = "batch/v1", Kind = "Job", Metadata = new V1ObjectMeta { Name = "sum" }, Spec = new V1JobSpec { Completions = 4, Parallelism = 2, CompletionMode = "Indexed", Template = Template("ok", "Never") } };
        await Client.BatchV1.CreateNamespacedJobAsync(job, "default");
        await plane.UntilAsync("the job is complete", async () => (await Client.BatchV1.ReadNamespacedJobAsync("sum", "default")).Status is { Conditions: { } all } status && all.Any(c => c is { Type: "Complete", Status: "True" }) && status.Succeeded == 4);
        Assert.Equal("0-3", (await Client.BatchV1.ReadNamespacedJobAsync("sum", "default")).Status.CompletedIndexes);
        Assert.All(await plane.PodsAsync(), p => Assert.True(p.Metadata.Finalizers is null or { Count: 0 }));
    }

    [Fact]
    public async Task A_StatefulSet_and_a_DaemonSet_come_up_and_update()
    {
        V1StatefulSet stateful = new() { ApiVersion = "apps/v1", Kind = "StatefulSet", Metadata = new V1ObjectMeta { Name = "db" }, Spec = new V1StatefulSetSpec { Replicas = 3, ServiceName = "db", Selector = new V1LabelSelector { MatchLabels = Make.Labels("a") }, Template = Template("nginx") } };
        V1DaemonSet daemon = new() { ApiVersion = "apps/v1", Kind = "DaemonSet", Metadata = new V1ObjectMeta { Name = "agent" }, Spec = new V1DaemonSetSpec { Selector = new V1LabelSelector { MatchLabels = Make.Labels("b") }, Template = Template("nginx", app: "b") } };
        await Client.AppsV1.CreateNamespacedStatefulSetAsync(stateful, "default");
        await Client.AppsV1.CreateNamespacedDaemonSetAsync(daemon, "default");
        await plane.UntilAsync("three in order", async () => (await Client.AppsV1.ReadNamespacedStatefulSetAsync("db", "default")).Status is { ReadyReplicas: 3, CurrentReplicas: 3 });
        await plane.UntilAsync("one per node", async () => (await Client.AppsV1.ReadNamespacedDaemonSetAsync("agent", "default")).Status is { NumberAvailable: 2, DesiredNumberScheduled: 2 });
        Assert.Equal(["db-0", "db-1", "db-2"], (await plane.PodsAsync("app=a")).OrderBy(p => p.Metadata.CreationTimestamp).Select(p => p.Metadata.Name).Order());

        V1Patch patch = new("""{"spec":{"template":{"spec":{"containers":[{"name":"c","image":"nginx:2"}]}}}}""", V1Patch.PatchType.StrategicMergePatch);
        await Client.AppsV1.PatchNamespacedStatefulSetAsync(patch, "db", "default");
        await Client.AppsV1.PatchNamespacedDaemonSetAsync(patch, "agent", "default");
        await plane.UntilAsync("all pods are new", async () => (await plane.PodsAsync()) is { Count: 5 } pods && pods.All(p => p.Spec.Containers[0].Image == "nginx:2" && p.Status.Phase == "Running"));
        await plane.UntilAsync("the rollout is over", async () => (await Client.AppsV1.ReadNamespacedStatefulSetAsync("db", "default")).Status is var s && s.CurrentRevision == s.UpdateRevision && s.UpdatedReplicas == 3);
        Assert.Equal(4, (await Client.AppsV1.ListNamespacedControllerRevisionAsync("default")).Items.Count);
    }

    [Fact]
    public async Task A_settled_cluster_is_left_alone()
    {
        plane.Ends["ok"] = 0;
        await Client.AppsV1.CreateNamespacedDeploymentAsync(Deployment(2), "default");
        await Client.BatchV1.CreateNamespacedJobAsync(new V1Job { ApiVersion = "batch/v1", Kind = "Job", Metadata = new V1ObjectMeta { Name = "once" }, Spec = new V1JobSpec { Template = Template("ok", "Never") } }, "default");
        await Client.BatchV1.CreateNamespacedCronJobAsync(new V1CronJob { ApiVersion = "batch/v1", Kind = "CronJob", Metadata = new V1ObjectMeta { Name = "yearly" }, Spec = new V1CronJobSpec { Schedule = "@yearly", JobTemplate = new V1JobTemplateSpec { Spec = new V1JobSpec { Template = Template("ok", "Never") } } } }, "default");
        await Client.PolicyV1.CreateNamespacedPodDisruptionBudgetAsync(
            new V1PodDisruptionBudget { ApiVersion = "policy/v1", Kind = "PodDisruptionBudget", Metadata = new V1ObjectMeta { Name = "pdb" }, Spec = new V1PodDisruptionBudgetSpec { MinAvailable = "50%", Selector = new V1LabelSelector { MatchLabels = Make.Labels("a") } } },
            "default");
        await Client.AppsV1.CreateNamespacedDaemonSetAsync(new V1DaemonSet { ApiVersion = "apps/v1", Kind = "DaemonSet", Metadata = new V1ObjectMeta { Name = "agent" }, Spec = new V1DaemonSetSpec { Selector = new V1LabelSelector { MatchLabels = Make.Labels("b") }, Template = Template("nginx", app: "b") } }, "default");
        await RolledOutAsync(2, 1);
        var before = "";
        await plane.UntilAsync("nothing is written for two seconds", async () =>
        {
            var seen = before;
            before = (await Client.CoreV1.ListNamespacedPodAsync("default")).Metadata.ResourceVersion;
            await Task.Delay(2000);
            return seen == before;
        });
        Assert.Equal(2, (await plane.PodsAsync("app=a")).Count(p => p.Status.Phase == "Running"));
    }

    private Task PatchAsync(string patch) => Client.AppsV1.PatchNamespacedDeploymentAsync(new V1Patch(patch, V1Patch.PatchType.StrategicMergePatch), "web", "default");

    private Task RolledOutAsync(int replicas, int revision) => plane.UntilAsync($"{replicas} replicas of revision {revision}", async () =>
    {
        var d = await Client.AppsV1.ReadNamespacedDeploymentAsync("web", "default");
        return d.Status is { } s && s.ObservedGeneration == d.Metadata.Generation && s.UpdatedReplicas == replicas && s.Replicas == replicas && s.AvailableReplicas == replicas
            && d.Metadata.Annotations?.TryGetValue(Annotations.Revision, out var at) == true && at == $"{revision}"
            && s.Conditions.Any(c => c is { Type: "Progressing", Reason: "NewReplicaSetAvailable" });
    });

    private static V1Deployment Deployment(int replicas) => new()
    {
        ApiVersion = "apps/v1",
        Kind = "Deployment",
        Metadata = new V1ObjectMeta { Name = "web" },
        Spec = new V1DeploymentSpec { Replicas = replicas, Selector = new V1LabelSelector { MatchLabels = Make.Labels("a") }, Template = Template("nginx:1") },
    };

    private static V1PodTemplateSpec Template(string image, string restart = "Always", string app = "a")
    {
        var template = Make.Template(app, image);
        template.Spec.RestartPolicy = restart;
        template.Spec.TerminationGracePeriodSeconds = 1;
        return template;
    }
}
