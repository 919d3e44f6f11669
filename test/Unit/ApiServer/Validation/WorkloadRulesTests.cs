using System.Text.Json.Nodes;
using Vitrine.ApiServer.Kinds;
using Vitrine.Unit.ApiServer.Kinds;
using Xunit;

namespace Vitrine.Unit.ApiServer.Validation;

public class WorkloadRulesTests
{
    [Fact]
    public void The_smallest_workloads_are_valid()
    {
        foreach (var kind in (Kind[])[AppsKinds.Deployment, AppsKinds.ReplicaSet, AppsKinds.StatefulSet, AppsKinds.DaemonSet])
        {
            Assert.Empty(Sample.Faults(kind, Workloads.Make(kind, Workloads.Selected)));
        }
        Assert.Empty(Sample.Faults(CoreKinds.ReplicationController, Workloads.Make(CoreKinds.ReplicationController, Workloads.Template)));
    }

    [Theory]
    [InlineData("selector: {matchLabels: {app: b}}, " + Workloads.Template, "spec.template.metadata.labels: Invalid value: {\"app\":\"a\"}: `selector` does not match template `labels`")]
    [InlineData("selector: {}, " + Workloads.Template, "spec.selector: Invalid value: {}: empty selector is invalid for deployment")]
    [InlineData(Workloads.Template, "spec.selector: Required value")]
    [InlineData("selector: {matchExpressions: [{key: app, operator: In}]}, " + Workloads.Template, "spec.selector.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'|spec.template.metadata.labels: Invalid value: {\"app\":\"a\"}: `selector` does not match template `labels`")]
    [InlineData("replicas: -1, " + Workloads.Selected, "spec.replicas: Invalid value: -1: must be greater than or equal to 0")]
    [InlineData("minReadySeconds: 600, " + Workloads.Selected, "spec.progressDeadlineSeconds: Invalid value: 600: must be greater than minReadySeconds")]
    [InlineData("strategy: {rollingUpdate: {maxSurge: 0, maxUnavailable: 0%}}, " + Workloads.Selected, "spec.strategy.rollingUpdate.maxUnavailable: Invalid value: \"0%\": may not be 0 when `maxSurge` is 0")]
    [InlineData("strategy: {rollingUpdate: {maxUnavailable: 101%}}, " + Workloads.Selected, "spec.strategy.rollingUpdate.maxUnavailable: Invalid value: \"101%\": must not be greater than 100%")]
    [InlineData("strategy: {type: Recreate, rollingUpdate: {}}, " + Workloads.Selected, "spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'")]
    [InlineData("strategy: {type: Other}, " + Workloads.Selected, "spec.strategy.type: Unsupported value: \"Other\": supported values: \"Recreate\", \"RollingUpdate\"")]
    [InlineData("selector: {matchLabels: {app: a}}, template: {metadata: {labels: {app: a}}, spec: {restartPolicy: Never, activeDeadlineSeconds: 5, containers: [{name: c, image: i}]}}",
        "spec.template.spec.restartPolicy: Unsupported value: \"Never\": supported values: \"Always\"|spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in ReplicaSet is not Supported")]
    public void A_deployment_is_refused_in_upstreams_words(string spec, string faults) =>
        Assert.Equal(faults.Split('|'), Sample.Faults(AppsKinds.Deployment, Workloads.Deployment(spec)));

    [Theory]
    [InlineData("maxSurge: 1, maxUnavailable: 1", "spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: 1: may not be set when maxUnavailable is non-zero")]
    [InlineData("maxSurge: 0, maxUnavailable: 0", "spec.updateStrategy.rollingUpdate.maxUnavailable: Required value: cannot be 0 when maxSurge is 0")]
    [InlineData("maxSurge: 5x, maxUnavailable: 1", "spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: \"5x\": a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')")]
    public void A_daemon_set_surges_or_goes_without_but_not_both(string rolling, string fault) =>
        Assert.Equal([fault], Sample.Faults(AppsKinds.DaemonSet, Workloads.DaemonSet($"updateStrategy: {{rollingUpdate: {{{rolling}}}}}, {Workloads.Selected}")));

    [Fact]
    public void Selectors_do_not_change()
    {
        foreach (var kind in (Kind[])[AppsKinds.Deployment, AppsKinds.ReplicaSet, AppsKinds.DaemonSet])
        {
            var old = Workloads.Make(kind, Workloads.Selected.Replace("app: a", "app: a, b: c", StringComparison.Ordinal));
            var changed = old.DeepClone().AsObject();
            changed["spec"]!["selector"]!["matchLabels"]!.AsObject().Remove("b");
            Assert.Equal(["spec.selector: Invalid value: {\"matchLabels\":{\"app\":\"a\"}}: field is immutable"], Sample.Faults(kind, changed, old));
        }
    }

    [Fact]
    public void Of_a_stateful_set_only_some_fields_change()
    {
        var old = Workloads.StatefulSet();
        var set = old.DeepClone().AsObject();
        set["spec"]!["replicas"] = 3;
        set["spec"]!["minReadySeconds"] = 3;
        set["spec"]!["template"]!["spec"]!["containers"]![0]!["image"] = "other";
        Assert.Empty(Sample.Faults(AppsKinds.StatefulSet, set, old));
        set["spec"]!["serviceName"] = "other";
        Assert.Equal(["spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"],
            Sample.Faults(AppsKinds.StatefulSet, set, old));
    }

    [Fact]
    public void The_containers_of_a_stateful_set_mount_its_claims() => Assert.Empty(Sample.Faults(AppsKinds.StatefulSet, Workloads.StatefulSet("""
        selector: {matchLabels: {app: a}},
        volumeClaimTemplates: [{metadata: {name: data}, spec: {accessModes: [ReadWriteOnce]}}],
        template: {metadata: {labels: {app: a}}, spec: {containers: [{name: c, image: i, volumeMounts: [{name: data, mountPath: /d}]}]}}
        """)));

    [Fact]
    public void A_controller_revision_is_written_once()
    {
        var old = JsonNode.Parse("""{"metadata":{"name":"a","namespace":"default"},"data":{"x":1},"revision":1}""")!.AsObject();
        var revision = old.DeepClone().AsObject();
        revision["revision"] = 2;
        Assert.Empty(Sample.Faults(AppsKinds.ControllerRevision, revision, old));
        revision["data"]!["x"] = 2;
        Assert.Equal(["data: Invalid value: {\"x\":2}: field is immutable"], Sample.Faults(AppsKinds.ControllerRevision, revision, old));
    }

    [Theory]
    [InlineData("minAvailable: 1, maxUnavailable: 1", "spec: Invalid value: {\"minAvailable\":1,\"maxUnavailable\":1}: minAvailable and maxUnavailable cannot be both set")]
    [InlineData("minAvailable: 120%", "spec.minAvailable: Invalid value: \"120%\": must not be greater than 100%")]
    [InlineData("unhealthyPodEvictionPolicy: Never", "spec.unhealthyPodEvictionPolicy: Unsupported value: \"Never\": supported values: \"AlwaysAllow\", \"IfHealthyBudget\"")]
    public void A_disruption_budget_is_refused_in_upstreams_words(string spec, string fault) =>
        Assert.Equal([fault], Sample.Faults(PolicyKinds.PodDisruptionBudget, Workloads.Make(PolicyKinds.PodDisruptionBudget, spec)));

    [Theory]
    [InlineData("high", 1_000_000_001, "value: Forbidden: maximum allowed value of a user defined priority is 1000000000")]
    [InlineData("system-mine", 1, "metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only. error: system-mine is not a known system priority class")]
    [InlineData("system-node-critical", 1, "metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only. error: value of system-node-critical PriorityClass must be 2000001000")]
    public void A_priority_class_of_a_user_stays_below_the_systems(string name, long value, string fault) =>
        Assert.Equal([fault], Sample.Faults(SchedulingKinds.PriorityClass, Sample.Defaulted(SchedulingKinds.PriorityClass, $"{{metadata: {{name: {name}}}, value: {value}}}")));

    [Fact]
    public void The_value_of_a_priority_class_stays()
    {
        var old = Sample.Defaulted(SchedulingKinds.PriorityClass, "{metadata: {name: a}, value: 5}");
        var changed = Sample.Defaulted(SchedulingKinds.PriorityClass, "{metadata: {name: a}, value: 6}");
        Assert.Equal(["value: Forbidden: may not be changed in an update."], Sample.Faults(SchedulingKinds.PriorityClass, changed, old));
    }
}
