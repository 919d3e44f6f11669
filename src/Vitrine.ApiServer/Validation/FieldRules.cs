using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Validation;

/// <summary>Rules that many kinds' fields share. Each adds a cause per fault.</summary>
internal static class FieldRules
{
    public const string NotNegative = "must be greater than or equal to 0";

    public static void Named(this List<FieldCause> causes, string field, string value, Func<string, IEnumerable<string>> syntax)
    {
        foreach (var fault in syntax(value))
        {
            causes.Add(Cause.Invalid(field, value, fault));
        }
    }

    /// <summary>True when there is something.</summary>
    public static bool Require(this List<FieldCause> causes, JsonNode? parent, string path, string field, string detail = "")
    {
        if (parent.Text(field).Length > 0)
        {
            return true;
        }
        causes.Add(Cause.Required(At(path, field), detail));
        return false;
    }

    public static void OneOf(this List<FieldCause> causes, JsonNode? parent, string path, string field, params ReadOnlySpan<string> supported)
    {
        var value = parent.Text(field);
        if (value.Length > 0 && !supported.Contains(value))
        {
            causes.Add(Cause.NotSupported(At(path, field), value, supported));
        }
    }

    public static void AtLeastZero(this List<FieldCause> causes, JsonNode? parent, string path, string field)
    {
        if (parent.Number(field) is < 0 and { } value)
        {
            causes.Add(Cause.Invalid(At(path, field), value, NotNegative));
        }
    }

    public static void Between(this List<FieldCause> causes, JsonNode? parent, string path, string field, long least, long most)
    {
        if (parent.Number(field) is { } value && (value < least || value > most))
        {
            causes.Add(Cause.Invalid(At(path, field), value, $"must be between {least} and {most}, inclusive"));
        }
    }

    public static void Labels(this List<FieldCause> causes, JsonObject? labels, string path)
    {
        foreach (var (key, value) in labels ?? [])
        {
            causes.Named(path, key, Names.Qualified);
            causes.Named(path, value.AsText() ?? "", Names.LabelValue);
        }
    }

    /// <summary>A path inside a volume: relative, and never upwards.</summary>
    public static void RelativePath(this List<FieldCause> causes, string field, string path)
    {
        if (path.StartsWith('/'))
        {
            causes.Add(Cause.Invalid(field, path, "must be a relative path"));
        }
        NoBackstep(causes, field, path);
    }

    public static void NoBackstep(this List<FieldCause> causes, string field, string path)
    {
        if (path.Split('/').Contains(".."))
        {
            causes.Add(Cause.Invalid(field, path, "must not contain '..'"));
        }
    }

    /// <summary>A port number or the name of a container's port.</summary>
    public static void Port(this List<FieldCause> causes, JsonNode? parent, string path, string field)
    {
        var at = At(path, field);
        if (parent.Text(field) is { Length: > 0 } name)
        {
            causes.Named(at, name, Names.PortName);
        }
        else if (parent.Number(field) is not (>= 1 and <= 65535))
        {
            causes.Add(Cause.Invalid(at, parent.Number(field) ?? 0, "must be between 1 and 65535, inclusive"));
        }
    }

    public static void Unchanged(this List<FieldCause> causes, JsonNode? now, JsonNode? before, string path, string field, string detail = Cause.Immutable)
    {
        var (value, old) = ((now as JsonObject)?[field], (before as JsonObject)?[field]);
        if (!JsonNode.DeepEquals(value, old))
        {
            causes.Add(Cause.Invalid(At(path, field), value, detail));
        }
    }

    private static string At(string path, string field) => path.Length == 0 ? field : path + "." + field;
}
