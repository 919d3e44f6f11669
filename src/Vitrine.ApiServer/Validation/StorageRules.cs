using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Validation;

/// <summary>Source: ValidatePersistentVolume, ValidatePersistentVolumeClaim of pkg/apis/core/validation, and pkg/apis/storage/validation.</summary>
internal static class StorageRules
{
    private static readonly string[] AccessModes = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"];

    // What of a volume's spec is not where its data is.
    private static readonly string[] NoSource =
        ["accessModes", "capacity", "claimRef", "mountOptions", "nodeAffinity", "persistentVolumeReclaimPolicy", "storageClassName", "volumeAttributesClassName", "volumeMode"];

    public static void Volume(JsonObject value, JsonObject? old, List<FieldCause> causes)
    {
        var spec = value.Object("spec");
        Modes(spec, causes);
        if (!spec.Has("capacity"))
        {
            causes.Add(Cause.Required("spec.capacity"));
        }
        else if (!ResourceRules.Amounts(spec.Object("capacity"), "spec.capacity", causes).ContainsKey("storage"))
        {
            causes.Add(Cause.Required("spec.capacity[storage]"));
        }
        causes.OneOf(spec, "spec", "persistentVolumeReclaimPolicy", "Delete", "Recycle", "Retain");
        causes.OneOf(spec, "spec", "volumeMode", "Block", "Filesystem");
        var sources = (spec ?? []).Where(static field => !NoSource.Contains(field.Key)).Select(static field => field.Key).ToArray();
        if (sources.Length == 0)
        {
            causes.Add(Cause.Required("spec", "must specify a volume type"));
        }
        foreach (var other in sources.Skip(1))
        {
            causes.Add(Cause.Forbidden($"spec.{other}", "may not specify more than 1 volume type"));
        }
        foreach (var source in old is null ? [] : sources)
        {
            causes.Unchanged(spec, old.Object("spec"), "spec", source, "spec.persistentvolumesource is immutable after creation");
        }
    }

    public static void Claim(JsonObject value, JsonObject? old, List<FieldCause> causes)
    {
        var spec = value.Object("spec");
        Modes(spec, causes);
        SelectorRules.Check(spec.Object("selector"), "spec.selector", causes);
        causes.OneOf(spec, "spec", "volumeMode", "Block", "Filesystem");
        var asked = ResourceRules.Amounts(spec.Object("resources").Object("requests"), "spec.resources.requests", causes);
        if (!asked.TryGetValue("storage", out var size))
        {
            causes.Add(Cause.Required("spec.resources[storage]"));
        }
        else if (size.CompareTo(default) <= 0)
        {
            causes.Add(Cause.Invalid("spec.resources[storage]", size.ToString(), "must be greater than zero"));
        }
        if (spec.Text("storageClassName") is { Length: > 0 } name)
        {
            causes.Named("spec.storageClassName", name, Names.Subdomain);
        }
        if (old is null)
        {
            return;
        }
        foreach (var field in (ReadOnlySpan<string>)["accessModes", "selector", "volumeMode", "dataSource", "dataSourceRef"])
        {
            causes.Unchanged(spec, old.Object("spec"), "spec", field, "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims");
        }
    }

    public static void Class(JsonObject value, JsonObject? old, List<FieldCause> causes)
    {
        if (causes.Require(value, "", "provisioner"))
        {
            causes.Named("provisioner", value.Text("provisioner"), Names.Qualified);
        }
        causes.OneOf(value, "", "reclaimPolicy", "Delete", "Retain");
        causes.OneOf(value, "", "volumeBindingMode", "Immediate", "WaitForFirstConsumer");
        foreach (var field in old is null ? [] : (string[])["parameters", "provisioner", "reclaimPolicy", "volumeBindingMode"])
        {
            causes.Unchanged(value, old, "", field);
        }
    }

    public static void Node(JsonObject value, JsonObject? old, List<FieldCause> causes)
    {
        var at = 0;
        foreach (var driver in value["spec"].Objects("drivers"))
        {
            causes.Require(driver, $"spec.drivers[{at}]", "name");
            causes.Require(driver, $"spec.drivers[{at}]", "nodeID");
            at++;
        }
    }

    public static void Attachment(JsonObject value, JsonObject? old, List<FieldCause> causes)
    {
        var spec = value.Object("spec");
        causes.Require(spec, "spec", "attacher");
        causes.Require(spec, "spec", "nodeName");
        if (!spec.Object("source").Has("persistentVolumeName") && !spec.Object("source").Has("inlineVolumeSpec"))
        {
            causes.Add(Cause.Required("spec.source", "must specify exactly one of inlineVolumeSpec and persistentVolumeName"));
        }
        if (old is not null)
        {
            causes.Unchanged(value, old, "", "spec");
        }
    }

    private static void Modes(JsonObject? spec, List<FieldCause> causes)
    {
        if (spec.Array("accessModes") is not { Count: > 0 } modes)
        {
            causes.Add(Cause.Required("spec.accessModes", "at least 1 access mode is required"));
            return;
        }
        foreach (var mode in modes.Select(static m => m.AsText() ?? "").Where(static m => !AccessModes.Contains(m)))
        {
            causes.Add(Cause.NotSupported("spec.accessModes", mode, AccessModes));
        }
        if (modes.Count > 1 && modes.Any(static m => m.AsText() == "ReadWriteOncePod"))
        {
            causes.Add(Cause.Forbidden("spec.accessModes", "may not use ReadWriteOncePod with other access modes"));
        }
    }
}
