using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Table;

/// <summary>Source: the storage printers of pkg/printers/internalversion.</summary>
internal static class StorageTables
{
    private const string Unset = "<unset>";

    public static TableLayout Volume { get; } = new(
    [
        TableColumn.ObjectName,
        new("Capacity", "Resources of the volume."),
        new("Access Modes", "All ways the volume can be mounted."),
        new("Reclaim Policy", "What happens to the volume when it is released from its claim."),
        new("Status", "Whether a volume is available, bound to a claim, or released."),
        new("Claim", "The claim it is bound to."),
        new("StorageClass", "Name of the StorageClass it belongs to."),
        new("VolumeAttributesClass", "Name of the VolumeAttributesClass it belongs to."),
        new("Reason", "Why it is in this state."),
        TableColumn.Age,
        new("VolumeMode", "Filesystem or Block.", Priority: 1),
    ],
    static (value, now) =>
    [
        Ages.NameOf(value),
        value.TextAt("spec.capacity.storage"),
        Modes(value["spec"]),
        value.TextAt("spec.persistentVolumeReclaimPolicy"),
        Phase(value),
        value["spec"].Object("claimRef") is { } claim ? $"{claim.Text("namespace")}/{claim.Text("name")}" : "",
        value.TextAt("spec.storageClassName"),
        value.TextAt("spec.volumeAttributesClassName") is { Length: > 0 } attributes ? attributes : Unset,
        value.TextAt("status.reason"),
        Ages.Of(value, now),
        value.TextAt("spec.volumeMode"),
    ]);

    public static TableLayout Claim { get; } = new(
    [
        TableColumn.ObjectName,
        new("Status", "Phase of the claim."),
        new("Volume", "The volume it is bound to."),
        new("Capacity", "What the volume behind it has."),
        new("Access Modes", "How the volume behind it can be mounted."),
        new("StorageClass", "Name of the StorageClass it asks for."),
        new("VolumeAttributesClass", "Name of the VolumeAttributesClass it asks for."),
        TableColumn.Age,
        new("VolumeMode", "Filesystem or Block.", Priority: 1),
    ],
    static (value, now) =>
    [
        Ages.NameOf(value),
        Phase(value),
        value.TextAt("spec.volumeName"),
        value.TextAt("spec.volumeName").Length > 0 ? value.TextAt("status.capacity.storage") : "",
        value.TextAt("spec.volumeName").Length > 0 ? Modes(value["status"]) : "",
        value.TextAt("spec.storageClassName"),
        value.TextAt("spec.volumeAttributesClassName") is { Length: > 0 } attributes ? attributes : Unset,
        Ages.Of(value, now),
        value.TextAt("spec.volumeMode"),
    ]);

    public static TableLayout Class { get; } = new(
    [
        TableColumn.ObjectName,
        new("Provisioner", "Who provisions volumes of this class."),
        new("ReclaimPolicy", "What happens to its volumes when they are released."),
        new("VolumeBindingMode", "When its volumes are bound and provisioned."),
        new("AllowVolumeExpansion", "Whether its volumes can be expanded.", Type: "boolean"),
        TableColumn.Age,
    ],
    static (value, now) =>
    [
        Ages.NameOf(value) + (value["metadata"].Object("annotations").Text("storageclass.kubernetes.io/is-default-class") == "true" ? " (default)" : ""),
        value.Text("provisioner"),
        value.Text("reclaimPolicy"),
        value.Text("volumeBindingMode"),
        value.Flag("allowVolumeExpansion"),
        Ages.Of(value, now),
    ]);

    public static TableLayout Driver { get; } = new(
    [
        TableColumn.ObjectName,
        new("AttachRequired", "Whether its volumes are attached before they are mounted.", Type: "boolean"),
        new("PodInfoOnMount", "Whether it is told of the pod.", Type: "boolean"),
        new("StorageCapacity", "Whether it tells its capacity.", Type: "boolean"),
        new("TokenRequests", "Audiences of the tokens it is given."),
        new("RequiresRepublish", "Whether it wants to publish again and again.", Type: "boolean"),
        new("Modes", "Lifecycle modes of its volumes."),
        TableColumn.Age,
    ],
    static (value, now) =>
    [
        Ages.NameOf(value),
        value["spec"].Flag("attachRequired"),
        value["spec"].Flag("podInfoOnMount"),
        value["spec"].Flag("storageCapacity"),
        string.Join(',', value["spec"].Objects("tokenRequests").Select(static request => request.Text("audience"))) is { Length: > 0 } audiences ? audiences : Unset,
        value["spec"].Flag("requiresRepublish"),
        string.Join(',', value["spec"].Array("volumeLifecycleModes")?.Select(static mode => mode.AsText()) ?? []),
        Ages.Of(value, now),
    ]);

    public static TableLayout Node { get; } = new(
    [
        TableColumn.ObjectName,
        new("Drivers", "Number of drivers on the node.", Type: "integer"),
        TableColumn.Age,
    ],
    static (value, now) => [Ages.NameOf(value), (long)value["spec"].Objects("drivers").Count(), Ages.Of(value, now)]);

    public static TableLayout Attachment { get; } = new(
    [
        TableColumn.ObjectName,
        new("Attacher", "The driver that attaches it."),
        new("PV", "The volume."),
        new("Node", "The node it is attached to."),
        new("Attached", "Whether it is.", Type: "boolean"),
        TableColumn.Age,
    ],
    static (value, now) =>
    [
        Ages.NameOf(value),
        value.TextAt("spec.attacher"),
        value.TextAt("spec.source.persistentVolumeName"),
        value.TextAt("spec.nodeName"),
        value["status"].Flag("attached"),
        Ages.Of(value, now),
    ]);

    private static string Phase(JsonObject value) => value["metadata"].Has("deletionTimestamp") ? "Terminating" : value.TextAt("status.phase");

    private static string Modes(JsonNode? of) => string.Join(',', of.Array("accessModes")?.Select(static mode => mode.AsText() switch
    {
        "ReadWriteOnce" => "RWO",
        "ReadOnlyMany" => "ROX",
        "ReadWriteMany" => "RWX",
        "ReadWriteOncePod" => "RWOP",
        var other => other,
    }) ?? []);
}
