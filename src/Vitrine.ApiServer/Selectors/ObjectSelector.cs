using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Store;

namespace Vitrine.ApiServer.Selectors;

/// <summary>What a list or watch is about: a namespace (or all), labels and fields.</summary>
internal sealed record ObjectSelector(Kind Kind, string? Namespace, LabelSelector Labels, FieldSelector Fields)
{
    /// <summary>True when only the namespace restricts it.</summary>
    public bool IsUnfiltered => Labels.Requirements.Count == 0 && Fields.Requirements.Count == 0;

    public bool Matches(StoredObject value) =>
        (Namespace is null || value.Namespace == Namespace)
        && (Labels.Requirements.Count == 0 || Labels.Matches(value.Labels))
        && (Fields.Requirements.Count == 0 || Fields.Matches(value.Fields(Kind)));
}
