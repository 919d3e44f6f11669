using Vitrine.ApiServer.Definitions;

namespace Vitrine.ApiServer.Kinds;

/// <summary>Group apiextensions.k8s.io: definitions of custom resources. What they define is made in <see cref="Definitions"/>.</summary>
internal static class ApiExtensionsKinds
{
    public const string Group = "apiextensions.k8s.io";

    public static Kind CustomResourceDefinition { get; } = new()
    {
        Group = Group,
        Version = "v1",
        Name = "CustomResourceDefinition",
        Plural = "customresourcedefinitions",
        Singular = "customresourcedefinition",
        Namespaced = false,
        ShortNames = ["crd", "crds"],
        Categories = ["api-extensions"],
        Subresources = ["status"],
        Schema = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition",
        CountsGeneration = true,
        Prepare = static (_, value) => DefinitionStatus.Begin(value),
        PrepareUpdate = static (_, _, value, _) => DefinitionStatus.NoteStorage(value),
        Default = DefinitionDefaults.Apply,
        Validate = DefinitionRules.Check,
    };
}
