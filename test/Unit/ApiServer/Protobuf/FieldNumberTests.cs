using System.Runtime.CompilerServices;
using Vitrine.ApiServer.Protobuf;
using Vitrine.ApiServer.Schema;
using Xunit;

namespace Vitrine.Unit.ApiServer.Protobuf;

public class FieldNumberTests
{
    /// <summary>
    /// Fields the models have and the source of the numbers, v0.36.4, has not: "type field". A client that sends one as
    /// protobuf is answered as by a server of that version: the field is dropped.
    /// </summary>
    private static readonly HashSet<string> NewerThanTheSource =
    [
        "io.k8s.api.authentication.v1.TokenRequestSpec attestations",
        "io.k8s.api.batch.v1.JobSchedulingConfiguration disruptionMode",
        "io.k8s.api.batch.v1.JobSchedulingConfiguration resourceClaims",
        "io.k8s.api.batch.v1.JobSchedulingConfiguration schedulingConstraints",
        "io.k8s.api.batch.v1.JobSchedulingConfiguration schedulingPolicy",
        "io.k8s.api.batch.v1.JobSpec scheduling",
        "io.k8s.api.batch.v1.TopologyConstraint key",
        "io.k8s.api.batch.v1.WorkloadPodGroupDisruptionMode all",
        "io.k8s.api.batch.v1.WorkloadPodGroupDisruptionMode single",
        "io.k8s.api.batch.v1.WorkloadPodGroupGangSchedulingPolicy minCount",
        "io.k8s.api.batch.v1.WorkloadPodGroupResourceClaim name",
        "io.k8s.api.batch.v1.WorkloadPodGroupResourceClaim resourceClaimName",
        "io.k8s.api.batch.v1.WorkloadPodGroupResourceClaim resourceClaimTemplateName",
        "io.k8s.api.batch.v1.WorkloadPodGroupSchedulingConstraints topology",
        "io.k8s.api.batch.v1.WorkloadPodGroupSchedulingPolicy basic",
        "io.k8s.api.batch.v1.WorkloadPodGroupSchedulingPolicy gang",
        "io.k8s.api.core.v1.ClusterTrustBundleProjection user",
        "io.k8s.api.core.v1.ConfigMapVolumeSource defaultUser",
        "io.k8s.api.core.v1.DownwardAPIVolumeFile user",
        "io.k8s.api.core.v1.DownwardAPIVolumeSource defaultUser",
        "io.k8s.api.core.v1.EmptyDirVolumeSource mode",
        "io.k8s.api.core.v1.EvictionResponder name",
        "io.k8s.api.core.v1.EvictionResponder priority",
        "io.k8s.api.core.v1.GRPCAction mode",
        "io.k8s.api.core.v1.HTTPGetAction protocol",
        "io.k8s.api.core.v1.KeyToPath user",
        "io.k8s.api.core.v1.NodeAllocatableMappedResources name",
        "io.k8s.api.core.v1.NodeAllocatableMappedResources quantity",
        "io.k8s.api.core.v1.NodeAllocatableOverheadResources name",
        "io.k8s.api.core.v1.NodeAllocatableOverheadResources perContainer",
        "io.k8s.api.core.v1.NodeAllocatableOverheadResources perPod",
        "io.k8s.api.core.v1.NodeAllocatableResourceClaimStatus mapping",
        "io.k8s.api.core.v1.NodeAllocatableResourceClaimStatus overhead",
        "io.k8s.api.core.v1.NodePodPreemptionPolicy disableResizePreemption",
        "io.k8s.api.core.v1.NodeSpec podPreemptionPolicy",
        "io.k8s.api.core.v1.NodeSystemInfo runningInUserNamespace",
        "io.k8s.api.core.v1.PersistentVolumeClaimStatus healthStatus",
        "io.k8s.api.core.v1.PodCertificateProjection user",
        "io.k8s.api.core.v1.PodSpec evictionResponders",
        "io.k8s.api.core.v1.PodStatus volumeHealth",
        "io.k8s.api.core.v1.PodVolumeHealth healthConditions",
        "io.k8s.api.core.v1.PodVolumeHealth lastTransitionTime",
        "io.k8s.api.core.v1.PodVolumeHealth name",
        "io.k8s.api.core.v1.ProjectedVolumeSource defaultUser",
        "io.k8s.api.core.v1.SecretVolumeSource defaultUser",
        "io.k8s.api.core.v1.ServiceAccountTokenProjection user",
        "io.k8s.api.core.v1.VolumeHealthCondition message",
        "io.k8s.api.core.v1.VolumeHealthCondition reason",
        "io.k8s.api.core.v1.VolumeHealthCondition status",
        "io.k8s.api.core.v1.VolumeHealthStatus healthConditions",
        "io.k8s.api.core.v1.VolumeHealthStatus lastTransitionTime",
        "io.k8s.api.core.v1.VolumeMount bindMountOptions",
        "io.k8s.api.storage.v1.CSINode status",
        "io.k8s.api.storage.v1.CSINodeStatus storageHealth",
        "io.k8s.api.storage.v1.StorageHealth healthConditions",
        "io.k8s.api.storage.v1.StorageHealth name",
        "io.k8s.api.storage.v1.StorageHealthCondition accessMode",
        "io.k8s.api.storage.v1.StorageHealthCondition lastTransitionTime",
        "io.k8s.api.storage.v1.StorageHealthCondition message",
        "io.k8s.api.storage.v1.StorageHealthCondition reason",
        "io.k8s.api.storage.v1.StorageHealthCondition status",
        "io.k8s.api.storage.v1.StorageHealthCondition volumeMode",
    ];

    [Fact]
    public void Every_field_that_a_served_kind_reaches_has_a_number()
    {
        if (Environment.GetEnvironmentVariable("VITRINE_K8S_SOURCE") is { Length: > 0 } source)
        {
            File.WriteAllText(Path.Combine(Folder(), "field-numbers.txt"), FieldNumberGenerator.Generate(source));
            return;
        }

        // Custom resources have no protobuf form upstream either, and their definitions are taken as JSON only; metrics are never written.
        string[] without = ["io.k8s.networking.gateway.", "io.k8s.networking.policy.", "io.k8s.metrics.", "io.k8s.apiextensions-apiserver."];
        var missing = SchemaSet.All.Where(t => !without.Any(prefix => t.Name.StartsWith(prefix, StringComparison.Ordinal))).SelectMany(Missing).ToHashSet();

        Assert.Equal(NewerThanTheSource.Order(), missing.Order());
    }

    [Fact]
    public void Every_inlined_type_has_numbers()
    {
        using var reader = new StreamReader(FieldNumbers.OpenText());
        var types = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[0]).ToList();

        var inlined = types.SelectMany(type => FieldNumbers.Of(type).Values).Where(field => field.IsInlined).Select(field => field.Name).ToHashSet();

        Assert.Contains("io.k8s.api.core.v1.VolumeSource", inlined);
        Assert.All(inlined, type => Assert.NotEmpty(FieldNumbers.Of(type)));
    }

    private static IEnumerable<string> Missing(SchemaType type)
    {
        var numbered = Names(type.Name).ToHashSet();
        return type.Fields.Keys.Where(field => !numbered.Contains(field) && !IsTypeMeta(type, field)).Select(field => $"{type.Name} {field}");
    }

    private static IEnumerable<string> Names(string type) => FieldNumbers.Of(type).Values
        .SelectMany(field => field.IsInlined ? Names(field.Name) : [field.Name]);

    // Kinds carry them in the envelope.
    private static bool IsTypeMeta(SchemaType type, string field) => field is "apiVersion" or "kind"
        && type.Fields.ContainsKey("apiVersion") && type.Fields.ContainsKey("kind")
        && (type.Fields.ContainsKey("metadata") || type.ShortName == "DeleteOptions");

    private static string Folder([CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "../../../../src/Vitrine.ApiServer/Protobuf"));
}
