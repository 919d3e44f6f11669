using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Defaulting;

/// <summary>Source: pkg/apis/core/v1 and storage/v1 defaults.go.</summary>
internal static class StorageDefaults
{
    public static void Volume(JsonObject value)
    {
        var spec = value.Ensure("spec");
        spec.DefaultText("persistentVolumeReclaimPolicy", "Retain");
        spec.DefaultText("volumeMode", "Filesystem");
        value.Ensure("status").DefaultText("phase", "Pending");
    }

    public static void Claim(JsonObject value)
    {
        value.Ensure("spec").DefaultText("volumeMode", "Filesystem");
        value.Ensure("status").DefaultText("phase", "Pending");
    }

    public static void Class(JsonObject value)
    {
        value.DefaultText("reclaimPolicy", "Delete");
        value.DefaultText("volumeBindingMode", "Immediate");
    }

    public static void Driver(JsonObject value)
    {
        var spec = value.Ensure("spec");
        spec["attachRequired"] ??= true;
        spec.DefaultText("fsGroupPolicy", "ReadWriteOnceWithFSType");
        foreach (var field in (ReadOnlySpan<string>)["podInfoOnMount", "storageCapacity", "requiresRepublish", "seLinuxMount"])
        {
            spec[field] ??= false;
        }
        if (spec.Array("volumeLifecycleModes") is null or { Count: 0 })
        {
            spec["volumeLifecycleModes"] = new JsonArray("Persistent");
        }
    }
}
