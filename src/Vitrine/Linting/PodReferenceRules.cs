using k8s.Models;
using Vitrine.Manifests;
using Vitrine.Model.Explain.Services;

namespace Vitrine.Linting;

/// <summary>Objects that pods name. What the files do not have may be in the cluster; a key that the files' own object does not have is surely missing.</summary>
internal static class PodReferenceRules
{
    /// <summary>Made by the cluster in every namespace.</summary>
    private const string RootCa = "kube-root-ca.crt", DefaultAccount = "default";

    public static IEnumerable<LintFinding> Check(DraftedCluster cluster) => PodTemplate.Of(cluster).SelectMany(t => References(t).Where(r => !r.Optional).SelectMany(r => Check(cluster, t, r)));

    private sealed record Reference(string Field, string Kind, string? Name, string? Key, bool Optional);

    private static IEnumerable<LintFinding> Check(DraftedCluster cluster, PodTemplate template, Reference reference)
    {
        if (reference is { Kind: "ConfigMap", Name: RootCa } or { Kind: "ServiceAccount", Name: DefaultAccount } || string.IsNullOrEmpty(reference.Name))
            yield break;
        var name = $"{reference.Kind.ToLowerInvariant()}/{template.Source.Namespace}/{reference.Name}";
        if (cluster.Find(reference.Kind, template.Source.Namespace, reference.Name) is not { } there)
        {
            var near = Nearest.To(reference.Name, cluster.Objects.Where(o => o.Kind == reference.Kind && o.Namespace == template.Source.Namespace).Select(o => o.Name));
            yield return LintFinding.Of(template.Source, LintFinding.Warning, "reference-absent", reference.Field,
                $"{name} is not in the files; its pods wait for it unless it is in the cluster", near is null ? $"make it, or correct {reference.Field}" : $"write {near}, or make it");
        }
        else if (reference.Key is { Length: > 0 } key && there.Draft.Stored)
        {
            string[] keys = [.. new[] { "data", "binaryData", "stringData" }.SelectMany(f => there.Value[f]?.AsObject().Select(p => p.Key) ?? [])];
            if (!keys.Contains(key))
                yield return LintFinding.Of(template.Source, LintFinding.Error, "key-absent", reference.Field,
                    $"{name} has no key {key}; it has {(keys.Length == 0 ? "none" : string.Join(", ", keys.Order(StringComparer.Ordinal)))}", Nearest.To(key, keys) is { } meant ? $"write {meant}" : $"give {name} the key, or correct {reference.Field}");
        }
    }

    private static IEnumerable<Reference> References(PodTemplate template)
    {
        var (path, spec) = (template.Path, template.Spec);
        yield return new($"{path}.serviceAccountName", "ServiceAccount", spec.ServiceAccountName, null, false);
        foreach (var (i, secret) in (spec.ImagePullSecrets ?? []).Index())
            yield return new($"{path}.imagePullSecrets[{i}]", "Secret", secret.Name, null, false);
        foreach (var reference in template.Containers.SelectMany(c => Environment(c.Path, c.Container)))
            yield return reference;
        foreach (var reference in (spec.Volumes ?? []).Index().SelectMany(v => Volume($"{path}.volumes[{v.Index}]", v.Item)))
            yield return reference;
    }

    private static IEnumerable<Reference> Environment(string path, V1Container container)
    {
        foreach (var (i, from) in (container.EnvFrom ?? []).Index())
        {
            yield return new($"{path}.envFrom[{i}].configMapRef", "ConfigMap", from.ConfigMapRef?.Name, null, from.ConfigMapRef?.Optional == true);
            yield return new($"{path}.envFrom[{i}].secretRef", "Secret", from.SecretRef?.Name, null, from.SecretRef?.Optional == true);
        }
        foreach (var (i, variable) in (container.Env ?? []).Index())
        {
            var source = variable.ValueFrom;
            yield return new($"{path}.env[{i}].valueFrom.configMapKeyRef", "ConfigMap", source?.ConfigMapKeyRef?.Name, source?.ConfigMapKeyRef?.Key, source?.ConfigMapKeyRef?.Optional == true);
            yield return new($"{path}.env[{i}].valueFrom.secretKeyRef", "Secret", source?.SecretKeyRef?.Name, source?.SecretKeyRef?.Key, source?.SecretKeyRef?.Optional == true);
        }
    }

    private static IEnumerable<Reference> Volume(string path, V1Volume volume)
    {
        yield return new($"{path}.persistentVolumeClaim.claimName", "PersistentVolumeClaim", volume.PersistentVolumeClaim?.ClaimName, null, false);
        foreach (var reference in Keys($"{path}.configMap", "ConfigMap", volume.ConfigMap?.Name, volume.ConfigMap?.Items, volume.ConfigMap?.Optional)
            .Concat(Keys($"{path}.secret", "Secret", volume.Secret?.SecretName, volume.Secret?.Items, volume.Secret?.Optional)))
            yield return reference;
        foreach (var (i, source) in (volume.Projected?.Sources ?? []).Index())
            foreach (var reference in Keys($"{path}.projected.sources[{i}].configMap", "ConfigMap", source.ConfigMap?.Name, source.ConfigMap?.Items, source.ConfigMap?.Optional)
                .Concat(Keys($"{path}.projected.sources[{i}].secret", "Secret", source.Secret?.Name, source.Secret?.Items, source.Secret?.Optional)))
                yield return reference;
    }

    /// <summary>The object, and the keys that are taken out of it.</summary>
    private static IEnumerable<Reference> Keys(string path, string kind, string? name, IList<V1KeyToPath>? items, bool? optional) => items is { Count: > 0 }
        ? items.Select((item, i) => new Reference($"{path}.items[{i}].key", kind, name, item.Key, optional == true))
        : [new Reference(path, kind, name, null, optional == true)];
}
