using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Validation;

namespace Vitrine.ApiServer.Definitions;

/// <summary>Source: pkg/apis/apiextensions/validation of k8s.io/apiextensions-apiserver.</summary>
internal static class DefinitionRules
{
    public static void Check(JsonObject definition, JsonObject? old, List<FieldCause> causes)
    {
        if (definition.Object("spec") is not { } spec)
        {
            causes.Add(Cause.Required("spec"));
            return;
        }
        var (group, names) = (spec.Text("group"), spec.Object("names") ?? []);
        if (definition.TextAt("metadata.name") is var name && name != $"{names.Text("plural")}.{group}")
        {
            causes.Add(Cause.Invalid("metadata.name", name, "must be spec.names.plural+\".\"+spec.group"));
        }
        Group(definition, group, causes);
        if (causes.Require(spec, "spec", "scope"))
        {
            causes.OneOf(spec, "spec", "scope", "Cluster", "Namespaced");
        }
        Named(names, causes);
        Conversion(spec, causes);
        if (spec.Flag("preserveUnknownFields"))
        {
            causes.Add(Cause.Invalid("spec.preserveUnknownFields", spec["preserveUnknownFields"], "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead"));
        }
        Versions(spec, old, causes);
        Stored(definition, spec, causes);
        if (old?.Object("spec") is { } before && IsEstablished(old))
        {
            causes.Unchanged(spec, before, "spec", "scope");
            causes.Unchanged(names, before.Object("names"), "spec.names", "kind");
        }
        if (old is not null)
        {
            causes.Unchanged(spec, old.Object("spec"), "spec", "group");
            causes.Unchanged(names, old.Object("spec").Object("names"), "spec.names", "plural");
        }
    }

    private static bool IsEstablished(JsonObject definition) => definition.Object("status").Objects("conditions").Any(static c => c.Text("type") == "Established" && c.Text("status") == "True");

    private static void Group(JsonObject definition, string group, List<FieldCause> causes)
    {
        if (group.Length == 0)
        {
            causes.Add(Cause.Required("spec.group"));
            return;
        }
        causes.Named("spec.group", group, Names.Subdomain);
        if (!group.Contains('.', StringComparison.Ordinal))
        {
            causes.Add(Cause.Invalid("spec.group", group, "should be a domain with at least one dot"));
        }
        if (!ProtectedGroups.Has(group))
        {
            return;
        }
        var at = $"metadata.annotations[{ProtectedGroups.Annotation}]";
        var approval = definition.Object("metadata").Object("annotations").Text(ProtectedGroups.Annotation);
        if (approval.Length == 0)
        {
            causes.Add(Cause.Required(at, $"protected groups must have approval annotation \"{ProtectedGroups.Annotation}\", see https://github.com/kubernetes/enhancements/pull/1111"));
        }
        else if (!approval.StartsWith("unapproved", StringComparison.Ordinal) && !(Uri.TryCreate(approval, UriKind.Absolute, out var uri) && uri.Host.Length > 0))
        {
            causes.Add(Cause.Invalid(at, approval, $"protected groups must have approval annotation \"{ProtectedGroups.Annotation}\" with either a URL or a reason starting with \"unapproved\", see https://github.com/kubernetes/enhancements/pull/1111"));
        }
    }

    private static void Named(JsonObject names, List<FieldCause> causes)
    {
        foreach (var field in (ReadOnlySpan<string>)["plural", "singular"])
        {
            if (field == "singular" ? names.Text(field).Length > 0 : causes.Require(names, "spec.names", field))
            {
                causes.Named($"spec.names.{field}", names.Text(field), DefinitionSyntax.Label1035);
            }
        }
        foreach (var field in (ReadOnlySpan<string>)["kind", "listKind"])
        {
            if (causes.Require(names, "spec.names", field))
            {
                foreach (var fault in DefinitionSyntax.Label1035(names.Text(field).ToLowerInvariant()))
                {
                    causes.Add(Cause.Invalid($"spec.names.{field}", names.Text(field), $"may have mixed case, but should otherwise match: {fault}"));
                }
            }
        }
        if (names.Text("kind").Length > 0 && names.Text("kind") == names.Text("listKind"))
        {
            causes.Add(Cause.Invalid("spec.names.listKind", names.Text("listKind"), "kind and listKind may not be the same"));
        }
        foreach (var field in (ReadOnlySpan<string>)["shortNames", "categories"])
        {
            foreach (var (text, i) in (names.Array(field) ?? []).Select(static (t, i) => (t.AsText() ?? "", i)))
            {
                causes.Named($"spec.names.{field}[{i}]", text, DefinitionSyntax.Label1035);
            }
        }
    }

    private static void Conversion(JsonObject spec, List<FieldCause> causes)
    {
        if (spec.Object("conversion").Text("strategy") is { Length: > 0 } strategy and not "None")
        {
            causes.Add(strategy == "Webhook"
                ? Cause.Forbidden("spec.conversion.strategy", "conversion webhooks are not called by this server: use \"None\", and versions that differ in no more than their names and the fields they have")
                : Cause.NotSupported("spec.conversion.strategy", strategy, "None"));
        }
        else if (spec.Object("conversion").Has("webhook"))
        {
            causes.Add(Cause.Forbidden("spec.conversion.webhook", "should not be set when strategy is not set to Webhook"));
        }
    }

    private static void Versions(JsonObject spec, JsonObject? old, List<FieldCause> causes)
    {
        JsonObject[] versions = [.. spec.Objects("versions")];
        if (versions.Length == 0)
        {
            causes.Add(Cause.Required("spec.versions", "must have at least one version"));
            return;
        }
        for (var i = 0; i < versions.Length; i++)
        {
            var before = old?.Object("spec").Objects("versions").FirstOrDefault(v => v.Text("name") == versions[i].Text("name"));
            VersionRules.Check(versions[i], before, $"spec.versions[{i}]", causes);
        }
        if (versions.DistinctBy(static v => v.Text("name")).Count() < versions.Length)
        {
            causes.Add(Cause.Invalid("spec.versions", new JsonArray([.. versions.Select(static v => (JsonNode)v.Text("name"))]), "must contain unique version names"));
        }
        if (versions.Count(static v => v.Flag("storage")) != 1)
        {
            causes.Add(Cause.Invalid("spec.versions", new JsonArray([.. versions.Select(static v => (JsonNode)v.Text("name"))]), "must have exactly one version marked as storage version"));
        }
    }

    private static void Stored(JsonObject definition, JsonObject spec, List<FieldCause> causes)
    {
        JsonObject[] versions = [.. spec.Objects("versions")];
        var stored = (definition.Object("status").Array("storedVersions") ?? []).Select(static v => v.AsText() ?? "").ToArray();
        if (versions.FirstOrDefault(static v => v.Flag("storage")).Text("name") is { Length: > 0 } storage && !stored.Contains(storage))
        {
            causes.Add(Cause.Invalid("status.storedVersions", definition.Object("status")?["storedVersions"], $"must have the storage version {storage}"));
        }
        foreach (var (version, i) in stored.Select(static (v, i) => (v, i)))
        {
            if (versions.All(v => v.Text("name") != version))
            {
                causes.Add(Cause.Invalid($"status.storedVersions[{i}]", version,
                    $"missing from spec.versions; {version} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in {version} and removes {version} from status.storedVersions"));
            }
        }
    }
}
