using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Validation;

/// <summary>The volumes of a pod.</summary>
internal static class VolumeRules
{
    private const string Mode = "must be a number between 0 and 0777 (octal), both inclusive";

    /// <summary>Gives the names that mounts may use.</summary>
    public static HashSet<string> Check(JsonObject spec, string path, List<FieldCause> causes)
    {
        var names = new HashSet<string>();
        var index = 0;
        foreach (var volume in spec.Objects("volumes"))
        {
            var at = $"{path}[{index++}]";
            if (causes.Require(volume, at, "name"))
            {
                var name = volume.Text("name");
                causes.Named($"{at}.name", name, Names.Label);
                if (!names.Add(name))
                {
                    causes.Add(Cause.Duplicate($"{at}.name", name));
                }
            }
            Source(volume, at, causes);
        }
        return names;
    }

    private static void Source(JsonObject volume, string path, List<FieldCause> causes)
    {
        var sources = volume.Where(p => p.Key != "name" && p.Value is JsonObject).ToArray();
        if (sources.Length == 0)
        {
            causes.Add(Cause.Required(path, "must specify a volume type"));
            return;
        }
        foreach (var (extra, _) in sources[1..])
        {
            causes.Add(Cause.Forbidden($"{path}.{extra}", "may not specify more than 1 volume type"));
        }
        var (type, source) = (sources[0].Key, sources[0].Value!.AsObject());
        var at = $"{path}.{type}";
        switch (type)
        {
            case "emptyDir":
                EmptyDir(source, at, causes);
                break;
            case "hostPath":
                if (causes.Require(source, at, "path"))
                {
                    causes.NoBackstep($"{at}.path", source.Text("path"));
                }
                causes.OneOf(source, at, "type", "", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket");
                break;
            case "secret":
                causes.Require(source, at, "secretName");
                Files(source, at, causes);
                break;
            case "configMap":
                causes.Require(source, at, "name");
                Files(source, at, causes);
                break;
            case "downwardAPI":
                Files(source, at, causes);
                break;
            case "projected":
                Projected(source, at, causes);
                break;
            case "persistentVolumeClaim":
                causes.Require(source, at, "claimName");
                break;
        }
    }

    private static void EmptyDir(JsonObject source, string path, List<FieldCause> causes)
    {
        var medium = source.Text("medium");
        if (medium is not ("" or "Memory" or "HugePages") && !medium.StartsWith("HugePages-", StringComparison.Ordinal))
        {
            // Upstream leaves this to the kubelet, where the pod hangs; nothing is lost by saying it at once.
            causes.Add(Cause.NotSupported($"{path}.medium", medium, "", "HugePages", "Memory"));
        }
        if (source.Has("sizeLimit") && (!Quantity.TryParse(source.Text("sizeLimit"), out var size) || size.IsNegative))
        {
            causes.Add(Cause.Forbidden($"{path}.sizeLimit", "SizeLimit field must be a valid resource quantity"));
        }
    }

    private static void Projected(JsonObject source, string path, List<FieldCause> causes)
    {
        ModeOf(source, path, "defaultMode", causes);
        var index = 0;
        foreach (var part in source.Objects("sources"))
        {
            var at = $"{path}.sources[{index++}]";
            foreach (var (type, inner) in part)
            {
                if (type is "secret" or "configMap")
                {
                    causes.Require(inner, $"{at}.{type}", "name");
                }
                if (type == "serviceAccountToken" && causes.Require(inner, $"{at}.{type}", "path"))
                {
                    causes.RelativePath($"{at}.{type}.path", inner.Text("path"));
                    causes.Between(inner, $"{at}.{type}", "expirationSeconds", 600, 1L << 32);
                }
                Files(inner, $"{at}.{type}", causes);
            }
        }
    }

    private static void Files(JsonNode? source, string path, List<FieldCause> causes)
    {
        ModeOf(source, path, "defaultMode", causes);
        var index = 0;
        foreach (var item in source.Objects("items"))
        {
            var at = $"{path}.items[{index++}]";
            if (item.Has("key") || !(item.Has("fieldRef") || item.Has("resourceFieldRef")))
            {
                causes.Require(item, at, "key");
            }
            if (causes.Require(item, at, "path"))
            {
                causes.RelativePath($"{at}.path", item.Text("path"));
            }
            ModeOf(item, at, "mode", causes);
        }
    }

    private static void ModeOf(JsonNode? parent, string path, string field, List<FieldCause> causes)
    {
        if (parent.Number(field) is { } mode and not (>= 0 and <= 0x1FF))
        {
            causes.Add(Cause.Invalid($"{path}.{field}", mode, Mode));
        }
    }
}
