using Vitrine.ApiServer.Defaulting;
using Vitrine.ApiServer.Table;
using Vitrine.ApiServer.Validation;

namespace Vitrine.ApiServer.Kinds;

/// <summary>Group storage.k8s.io and the volumes of the core: kept and judged. Nothing here provisions or binds storage; a pod that claims some is told so.</summary>
internal static class StorageKinds
{
    private const string Package = "io.k8s.api.storage.v1.";
    private const string Core = "io.k8s.api.core.v1.";

    public static Kind PersistentVolume { get; } = new()
    {
        Group = "",
        Version = "v1",
        Name = "PersistentVolume",
        Plural = "persistentvolumes",
        Singular = "persistentvolume",
        Namespaced = false,
        ShortNames = ["pv"],
        Subresources = ["status"],
        Schema = Core + "PersistentVolume",
        Default = StorageDefaults.Volume,
        Validate = StorageRules.Volume,
        Table = StorageTables.Volume,
    };

    public static Kind PersistentVolumeClaim { get; } = new()
    {
        Group = "",
        Version = "v1",
        Name = "PersistentVolumeClaim",
        Plural = "persistentvolumeclaims",
        Singular = "persistentvolumeclaim",
        Namespaced = true,
        ShortNames = ["pvc"],
        Subresources = ["status"],
        Schema = Core + "PersistentVolumeClaim",
        Default = StorageDefaults.Claim,
        Validate = StorageRules.Claim,
        Table = StorageTables.Claim,
    };

    public static Kind StorageClass { get; } = new()
    {
        Group = "storage.k8s.io",
        Version = "v1",
        Name = "StorageClass",
        Plural = "storageclasses",
        Singular = "storageclass",
        Namespaced = false,
        ShortNames = ["sc"],
        Schema = Package + "StorageClass",
        Default = StorageDefaults.Class,
        Validate = StorageRules.Class,
        Table = StorageTables.Class,
    };

    public static Kind CsiDriver { get; } = new()
    {
        Group = "storage.k8s.io",
        Version = "v1",
        Name = "CSIDriver",
        Plural = "csidrivers",
        Singular = "csidriver",
        Namespaced = false,
        Schema = Package + "CSIDriver",
        Default = StorageDefaults.Driver,
        Table = StorageTables.Driver,
    };

    public static Kind CsiNode { get; } = new()
    {
        Group = "storage.k8s.io",
        Version = "v1",
        Name = "CSINode",
        Plural = "csinodes",
        Singular = "csinode",
        Namespaced = false,
        Schema = Package + "CSINode",
        Validate = StorageRules.Node,
        Table = StorageTables.Node,
    };

    public static Kind VolumeAttachment { get; } = new()
    {
        Group = "storage.k8s.io",
        Version = "v1",
        Name = "VolumeAttachment",
        Plural = "volumeattachments",
        Singular = "volumeattachment",
        Namespaced = false,
        Subresources = ["status"],
        Schema = Package + "VolumeAttachment",
        Validate = StorageRules.Attachment,
        Table = StorageTables.Attachment,
    };
}
