using Xunit;

namespace Vitrine.Cluster;

/// <summary>Controllers, as kubectl's users drive them.</summary>
public sealed class WorkloadTests(WorkloadTests.OwnCluster cluster) : IClassFixture<WorkloadTests.OwnCluster>
{
    /// <summary>With room: where the shared cluster's nodes are full, nothing is said about spreading.</summary>
    public sealed class OwnCluster() : TestCluster("work", 12, "--nodes", "3");

    [Fact]
    public async Task A_deployment_rolls_out_rolls_back_and_scales()
    {
        var ns = await cluster.NamespaceAsync("deployment");
        await cluster.KubectlAsync($"create deployment web -n {ns} --image=nginx --replicas=3");
        Assert.Contains("successfully rolled out", await cluster.KubectlAsync($"rollout status deployment/web -n {ns} --timeout=60s", limit: TimeSpan.FromSeconds(70)), StringComparison.Ordinal);
        Assert.Equal("node-2\nnode-3", await NodesOfAsync(ns, "app=web"));

        await cluster.KubectlAsync($"set env deployment/web -n {ns} VERSION=2");
        await cluster.KubectlAsync($"rollout status deployment/web -n {ns} --timeout=60s", limit: TimeSpan.FromSeconds(70));
        Assert.Equal(2, (await cluster.KubectlAsync($"get rs -n {ns} -o name")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains("2", await cluster.KubectlAsync($"rollout history deployment/web -n {ns}"), StringComparison.Ordinal);

        await cluster.KubectlAsync($"rollout undo deployment/web -n {ns}");
        await cluster.KubectlAsync($"rollout status deployment/web -n {ns} --timeout=60s", limit: TimeSpan.FromSeconds(70));
        Assert.Equal("", await cluster.KubectlAsync($"get deployment web -n {ns} -o jsonpath={{.spec.template.spec.containers[0].env}}"));
        Assert.Equal("3", await cluster.KubectlAsync($"get deployment web -n {ns} -o jsonpath={{.metadata.annotations.deployment\\.kubernetes\\.io/revision}}"));

        await cluster.KubectlAsync($"scale deployment web -n {ns} --replicas=5");
        await cluster.EventuallyAsync($"get deployment web -n {ns} --no-headers", o => o.Contains("5/5", StringComparison.Ordinal));
        await cluster.KubectlAsync($"scale deployment web -n {ns} --replicas=1");
        await cluster.EventuallyAsync($"get pods -n {ns} -l app=web -o name", o => o.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length == 1);

        await cluster.KubectlAsync($"delete deployment web -n {ns}");
        await cluster.EventuallyAsync($"get rs,pods -n {ns} -o name", o => !o.Contains("web", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_rollout_that_cannot_finish_keeps_the_old_pods_serving()
    {
        var ns = await cluster.NamespaceAsync("stuck");
        await cluster.KubectlAsync($"create deployment web -n {ns} --image=nginx --replicas=2");
        await cluster.KubectlAsync($"rollout status deployment/web -n {ns} --timeout=60s", limit: TimeSpan.FromSeconds(70));
        await cluster.KubectlAsync($"set image deployment/web -n {ns} nginx=example.com/none:1");
        await cluster.EventuallyAsync($"get pods -n {ns} -l app=web", o => o.Contains("ErrImagePull", StringComparison.Ordinal) || o.Contains("ImagePullBackOff", StringComparison.Ordinal));
        Assert.Equal("2", await cluster.KubectlAsync($"get deployment web -n {ns} -o jsonpath={{.status.availableReplicas}}"));
        Assert.NotEqual(0, (await cluster.TryAsync($"rollout status deployment/web -n {ns} --timeout=1s")).ExitCode);
        await cluster.KubectlAsync($"rollout undo deployment/web -n {ns}");
        await cluster.KubectlAsync($"rollout status deployment/web -n {ns} --timeout=60s", limit: TimeSpan.FromSeconds(70));
    }

    [Fact]
    public async Task A_stateful_set_starts_in_order_and_ends_in_reverse()
    {
        var ns = await cluster.NamespaceAsync("stateful");
        await cluster.KubectlAsync($"apply -n {ns} -f -", """
            apiVersion: apps/v1
            kind: StatefulSet
            metadata: {name: db}
            spec:
              serviceName: db
              replicas: 3
              selector: {matchLabels: {app: db}}
              template:
                metadata: {labels: {app: db}}
                spec:
                  terminationGracePeriodSeconds: 1
                  containers: [{name: main, image: debian, command: [sleep, infinity]}]
            """);
        await cluster.KubectlAsync($"rollout status statefulset/db -n {ns} --timeout=60s", limit: TimeSpan.FromSeconds(70));
        var starts = (await cluster.KubectlAsync($"get pods -n {ns} -l app=db --sort-by=.metadata.name -o jsonpath={{.items[*].status.startTime}}")).Split(' ');
        Assert.Equal(3, starts.Length);
        Assert.Equal(starts.Order(StringComparer.Ordinal), starts);
        Assert.Equal("db-0\n", await cluster.KubectlAsync($"exec db-0 -n {ns} -- hostname"));

        await cluster.KubectlAsync($"scale statefulset db -n {ns} --replicas=1");
        await cluster.EventuallyAsync($"get pods -n {ns} -l app=db -o name", o => o.Trim() == "pod/db-0");
        var events = await cluster.KubectlAsync($"get events -n {ns} -o jsonpath={{range.items[?(@.reason==\"SuccessfulDelete\")]}}{{.message}}{{\"\\n\"}}{{end}}");
        Assert.True(events.IndexOf("db-2", StringComparison.Ordinal) < events.IndexOf("db-1", StringComparison.Ordinal), events);

        // The same name comes back after a deletion.
        var uid = await cluster.KubectlAsync($"get pod db-0 -n {ns} -o jsonpath={{.metadata.uid}}");
        await cluster.KubectlAsync($"delete pod db-0 -n {ns}");
        await cluster.EventuallyAsync($"get pod db-0 -n {ns} -o jsonpath={{.metadata.uid}}/{{.status.phase}}", o => o.EndsWith("/Running", StringComparison.Ordinal) && !o.StartsWith(uid, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_daemon_set_has_a_pod_on_every_worker()
    {
        var ns = await cluster.NamespaceAsync("daemon");
        await cluster.KubectlAsync($"apply -n {ns} -f -", """
            apiVersion: apps/v1
            kind: DaemonSet
            metadata: {name: agent}
            spec:
              selector: {matchLabels: {app: agent}}
              template:
                metadata: {labels: {app: agent}}
                spec:
                  terminationGracePeriodSeconds: 1
                  containers: [{name: main, image: debian, command: [sleep, infinity]}]
            """);
        await cluster.KubectlAsync($"rollout status daemonset/agent -n {ns} --timeout=60s", limit: TimeSpan.FromSeconds(70));
        Assert.Equal("node-2\nnode-3", await NodesOfAsync(ns, "app=agent"));
        await cluster.KubectlAsync($"patch daemonset agent -n {ns} -p {{\"spec\":{{\"template\":{{\"spec\":{{\"tolerations\":[{{\"operator\":\"Exists\"}}]}}}}}}}}");
        await cluster.KubectlAsync($"rollout status daemonset/agent -n {ns} --timeout=60s", limit: TimeSpan.FromSeconds(70));
        Assert.Equal("node-1\nnode-2\nnode-3", await NodesOfAsync(ns, "app=agent"));
    }

    [Fact]
    public async Task A_job_completes_and_a_failing_one_fails()
    {
        var ns = await cluster.NamespaceAsync("job");
        await cluster.KubectlAsync($"apply -n {ns} -f -", """
            apiVersion: batch/v1
            kind: Job
            metadata: {name: count}
            spec:
              completions: 3
              parallelism: 2
              completionMode: Indexed
              template:
                spec:
                  restartPolicy: Never
                  containers: [{name: main, image: debian, command: ["sh", "-c", "echo I am $JOB_COMPLETION_INDEX"]}]
            ---
            apiVersion: batch/v1
            kind: Job
            metadata: {name: fail}
            spec:
              backoffLimit: 0
              template:
                spec:
                  restartPolicy: Never
                  containers: [{name: main, image: debian, command: ["false"]}]
            """);
        await cluster.KubectlAsync($"wait job/count -n {ns} --for=condition=Complete --timeout=60s", limit: TimeSpan.FromSeconds(70));
        Assert.Equal("3 0-2", await cluster.KubectlAsync($"get job count -n {ns} -o jsonpath={{.status.succeeded}}{{\"\\u0020\"}}{{.status.completedIndexes}}"));
        await cluster.KubectlAsync($"wait job/fail -n {ns} --for=condition=Failed --timeout=60s", limit: TimeSpan.FromSeconds(70));
        Assert.Equal("BackoffLimitExceeded", await cluster.KubectlAsync($"get job fail -n {ns} -o jsonpath={{.status.conditions[?(@.type==\"Failed\")].reason}}"));
        await cluster.KubectlAsync($"delete job count -n {ns}");
        await cluster.EventuallyAsync($"get pods -n {ns} -l job-name=count -o name", o => o.Trim().Length == 0);
    }

    [Fact]
    public async Task A_cron_job_makes_jobs_by_its_clock_and_by_hand()
    {
        var ns = await cluster.NamespaceAsync("cron");
        await cluster.KubectlAsync($"apply -n {ns} -f -", """
            apiVersion: batch/v1
            kind: CronJob
            metadata: {name: tick}
            spec:
              schedule: "* * * * *"
              jobTemplate:
                spec:
                  template:
                    spec:
                      restartPolicy: OnFailure
                      containers: [{name: main, image: debian, command: ["true"]}]
            """);
        await cluster.KubectlAsync($"create job now -n {ns} --from=cronjob/tick");
        await cluster.KubectlAsync($"wait job/now -n {ns} --for=condition=Complete --timeout=60s", limit: TimeSpan.FromSeconds(70));
        await cluster.EventuallyAsync($"get jobs -n {ns} -o name", o => o.Contains("job.batch/tick-", StringComparison.Ordinal), seconds: 75);
        Assert.NotEmpty(await cluster.KubectlAsync($"get cronjob tick -n {ns} -o jsonpath={{.status.lastScheduleTime}}"));
    }

    [Fact]
    public async Task Owners_take_their_dependents_along_or_leave_them_as_asked()
    {
        var ns = await cluster.NamespaceAsync("owners");
        foreach (var (name, cascade, stays) in new[] { ("bg", "background", false), ("fg", "foreground", false), ("or", "orphan", true) })
        {
            await cluster.KubectlAsync($"create deployment {name} -n {ns} --image=debian -- sleep infinity");
            await cluster.EventuallyAsync($"get pods -n {ns} -l app={name} -o name", o => o.Contains("pod/", StringComparison.Ordinal));
            await cluster.KubectlAsync($"delete deployment {name} -n {ns} --cascade={cascade}");
            if (stays)
            {
                await Task.Delay(TimeSpan.FromSeconds(1));
                Assert.Contains("replicaset", await cluster.KubectlAsync($"get rs -n {ns} -l app={name} -o name"), StringComparison.Ordinal);
                Assert.Equal("", await cluster.KubectlAsync($"get rs -n {ns} -l app={name} -o jsonpath={{.items[0].metadata.ownerReferences}}"));
            }
            else
            {
                await cluster.EventuallyAsync($"get rs,pods -n {ns} -l app={name} -o name", o => o.Trim().Length == 0);
            }
        }

        await cluster.KubectlAsync($"delete namespace {ns} --timeout=60s", limit: TimeSpan.FromSeconds(70));
    }

    [Fact]
    public async Task Where_a_pod_does_not_fit_the_event_says_why()
    {
        var ns = await cluster.NamespaceAsync("nofit");
        await cluster.KubectlAsync($"apply -n {ns} -f -", """
            apiVersion: v1
            kind: Pod
            metadata: {name: big}
            spec:
              containers: [{name: main, image: debian, resources: {requests: {cpu: "1000"}}}]
            """);
        await cluster.EventuallyAsync($"get events -n {ns}", o => o.Contains("0/3 nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 2 Insufficient cpu", StringComparison.Ordinal));
    }

    private async Task<string> NodesOfAsync(string ns, string selector) =>
        string.Join('\n', (await cluster.KubectlAsync($"get pods -n {ns} -l {selector} -o jsonpath={{.items[*].spec.nodeName}}")).Split(' ').Distinct().Order(StringComparer.Ordinal));
}
