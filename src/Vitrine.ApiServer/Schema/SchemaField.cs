namespace Vitrine.ApiServer.Schema;

/// <summary>One field of an object.</summary>
/// <param name="Name">As in JSON.</param>
/// <param name="Shape">Its type.</param>
/// <param name="Required">True when clients are told it must be there.</param>
/// <param name="MergeKey">x-kubernetes-patch-merge-key, "" when lists are replaced or hold scalars.</param>
/// <param name="Strategy">x-kubernetes-patch-strategy: "", "merge" or "merge,retainKeys" or "retainKeys".</param>
internal sealed record SchemaField(string Name, FieldShape Shape, bool Required, string MergeKey, string Strategy)
{
    public bool Merges => Strategy.StartsWith("merge", StringComparison.Ordinal);

    public bool RetainsKeys => Strategy.EndsWith("retainKeys", StringComparison.Ordinal);
}
