namespace Vitrine.ApiServer.Schema;

/// <summary>
/// What of a list, map or object belongs together when several managers write it: x-kubernetes-list-type and x-kubernetes-map-type
/// (https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy).
/// </summary>
internal enum Topology
{
    /// <summary>Nothing is said: lists are atomic, maps and objects granular.</summary>
    Default,

    /// <summary>All of it has one owner.</summary>
    Atomic,

    /// <summary>A list of scalars, each with owners of its own.</summary>
    Set,

    /// <summary>A list of objects told apart by <see cref="FieldShape.Keys"/>.</summary>
    Map,
}
