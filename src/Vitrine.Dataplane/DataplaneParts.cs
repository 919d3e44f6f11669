namespace Vitrine.Dataplane;

/// <summary>Which parts of a node's data path are kept; on a cluster of others' somebody else may do the rest.</summary>
[Flags]
public enum DataplaneParts
{
    None = 0,

    /// <summary>Ways to the pods of all nodes, the guard in front of this node's, and masquerading.</summary>
    Routes = 1,
    Services = 2,
    Policies = 4,
    All = Routes | Services | Policies,
}
