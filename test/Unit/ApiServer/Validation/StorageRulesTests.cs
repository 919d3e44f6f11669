using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Objects;
using Xunit;

namespace Vitrine.Unit.ApiServer.Validation;

public class StorageRulesTests
{
    private const string Volume = "{capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], hostPath: {path: /x}}";
    private const string Claim = "{accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}";

    [Theory]
    [InlineData(Volume, "")]
    [InlineData("{capacity: {storage: 1Gi}, hostPath: {path: /x}}", "spec.accessModes FieldValueRequired")]
    [InlineData("{accessModes: [ReadWriteOnce], hostPath: {path: /x}}", "spec.capacity FieldValueRequired")]
    [InlineData("{capacity: {cpu: '1'}, accessModes: [ReadWriteOnce], hostPath: {path: /x}}", "spec.capacity[storage] FieldValueRequired")]
    [InlineData("{capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce]}", "spec FieldValueRequired")]
    [InlineData("{capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], hostPath: {path: /x}, nfs: {server: s, path: /y}}", "spec.nfs FieldValueForbidden")]
    [InlineData("{capacity: {storage: 1Gi}, accessModes: [Sometimes], hostPath: {path: /x}}", "spec.accessModes FieldValueNotSupported")]
    [InlineData("{capacity: {storage: 1Gi}, accessModes: [ReadWriteOncePod, ReadWriteOnce], hostPath: {path: /x}}", "spec.accessModes FieldValueForbidden")]
    [InlineData("{capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], hostPath: {path: /x}, persistentVolumeReclaimPolicy: Burn}", "spec.persistentVolumeReclaimPolicy FieldValueNotSupported")]
    public void A_volume(string spec, string cause) => Assert.Equal(cause, Causes(StorageKinds.PersistentVolume, spec));

    [Theory]
    [InlineData(Claim, "")]
    [InlineData("{accessModes: [ReadWriteOnce]}", "spec.resources[storage] FieldValueRequired")]
    [InlineData("{accessModes: [ReadWriteOnce], resources: {requests: {storage: '0'}}}", "spec.resources[storage] FieldValueInvalid")]
    [InlineData("{resources: {requests: {storage: 1Gi}}}", "spec.accessModes FieldValueRequired")]
    [InlineData("{accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}, storageClassName: Not Good}", "spec.storageClassName FieldValueInvalid")]
    [InlineData("{accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}, volumeMode: Odd}", "spec.volumeMode FieldValueNotSupported")]
    public void A_claim(string spec, string cause) => Assert.Equal(cause, Causes(StorageKinds.PersistentVolumeClaim, spec));

    [Fact]
    public void Where_a_volumes_data_is_and_how_a_claim_is_used_stay()
    {
        Assert.Equal("spec.hostPath FieldValueForbidden", Causes(StorageKinds.PersistentVolume, Volume.Replace("/x", "/y", StringComparison.Ordinal), Volume).Replace("FieldValueInvalid", "FieldValueForbidden", StringComparison.Ordinal));
        Assert.StartsWith("spec.accessModes", Causes(StorageKinds.PersistentVolumeClaim, Claim.Replace("ReadWriteOnce", "ReadWriteMany", StringComparison.Ordinal), Claim), StringComparison.Ordinal);
        Assert.Equal("", Causes(StorageKinds.PersistentVolumeClaim, Claim.Replace("1Gi", "2Gi", StringComparison.Ordinal), Claim));
    }

    [Fact]
    public void Defaults_are_upstreams()
    {
        var claim = Object(Claim);
        StorageKinds.PersistentVolumeClaim.Default(claim);
        Assert.Equal(("Filesystem", "Pending"), (claim.TextAt("spec.volumeMode"), claim.TextAt("status.phase")));
        var volume = Object(Volume);
        StorageKinds.PersistentVolume.Default(volume);
        Assert.Equal("Retain", volume.TextAt("spec.persistentVolumeReclaimPolicy"));
        JsonObject type = new() { ["provisioner"] = "e.x/p" };
        StorageKinds.StorageClass.Default(type);
        Assert.Equal(("Delete", "Immediate"), (type.Text("reclaimPolicy"), type.Text("volumeBindingMode")));
    }

    private static string Causes(Kind kind, string spec, string? before = null)
    {
        List<FieldCause> causes = [];
        var old = before is null ? null : Object(before);
        kind.Validate(Object(spec), old, causes);
        return string.Join(", ", causes.Select(static cause => $"{cause.Field} {cause.Reason}"));
    }

    private static JsonObject Object(string spec) => YamlTree.Parse($"{{metadata: {{name: x}}, spec: {spec}}}", [])!.AsObject();
}
