using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Validation;

/// <summary>env and envFrom of a container.</summary>
internal static class EnvironmentRules
{
    private static readonly string[] Sources = ["fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef"];

    private static readonly string[] Fields =
    [
        "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName",
        "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs",
    ];

    public static void Check(JsonObject container, string path, List<FieldCause> causes)
    {
        var index = 0;
        foreach (var variable in container.Objects("env"))
        {
            var at = $"{path}.env[{index++}]";
            if (causes.Require(variable, at, "name"))
            {
                causes.Named($"{at}.name", variable.Text("name"), Names.EnvironmentVariable);
            }
            if (variable.Object("valueFrom") is { } from)
            {
                ValueFrom(variable, from, $"{at}.valueFrom", causes);
            }
        }
        index = 0;
        foreach (var from in container.Objects("envFrom"))
        {
            EnvFrom(from, $"{path}.envFrom[{index++}]", causes);
        }
    }

    private static void ValueFrom(JsonObject variable, JsonObject from, string path, List<FieldCause> causes)
    {
        var given = Sources.Where(s => from.Has(s)).ToArray();
        if (given.Length == 0)
        {
            causes.Add(Cause.Invalid(path, "", "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`"));
            return;
        }
        if (variable.Text("value").Length > 0)
        {
            causes.Add(Cause.Invalid(path, "", "may not be specified when `value` is not empty"));
        }
        else if (given.Length > 1)
        {
            causes.Add(Cause.Invalid(path, "", "may not have more than one field specified at a time"));
        }
        if (from.Object("fieldRef") is { } field && causes.Require(field, $"{path}.fieldRef", "fieldPath") && !IsField(field.Text("fieldPath")))
        {
            causes.Add(Cause.Invalid($"{path}.fieldRef.fieldPath", field.Text("fieldPath"),
                "error converting fieldPath: field label not supported: " + field.Text("fieldPath")));
        }
        foreach (var source in (ReadOnlySpan<string>)["configMapKeyRef", "secretKeyRef"])
        {
            if (from.Object(source) is { } reference && causes.Require(reference, $"{path}.{source}", "key"))
            {
                causes.Named($"{path}.{source}.key", reference.Text("key"), Names.ConfigKey);
            }
        }
        if (from.Object("resourceFieldRef") is { } resource)
        {
            causes.Require(resource, $"{path}.resourceFieldRef", "resource");
        }
    }

    private static bool IsField(string path) => Fields.Contains(path)
        || (path.EndsWith("']", StringComparison.Ordinal)
            && (path.StartsWith("metadata.labels['", StringComparison.Ordinal) || path.StartsWith("metadata.annotations['", StringComparison.Ordinal)));

    private static void EnvFrom(JsonObject from, string path, List<FieldCause> causes)
    {
        if (from.Text("prefix") is { Length: > 0 } prefix)
        {
            causes.Named($"{path}.prefix", prefix, Names.EnvironmentVariable);
        }
        var (map, secret) = (from.Object("configMapRef"), from.Object("secretRef"));
        if (map is null && secret is null)
        {
            causes.Add(Cause.Invalid(path, "", "must specify one of: `configMapRef` or `secretRef`"));
        }
        else if (map is not null && secret is not null)
        {
            causes.Add(Cause.Invalid(path, "", "may not have more than one field specified at a time"));
        }
        foreach (var (reference, field) in ((JsonObject?, string)[])[(map, "configMapRef"), (secret, "secretRef")])
        {
            if (reference is not null)
            {
                causes.Require(reference, $"{path}.{field}", "name");
            }
        }
    }
}
