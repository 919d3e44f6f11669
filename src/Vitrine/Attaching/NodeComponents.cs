namespace Vitrine.Attaching;

/// <summary>Parts of a node's network on a cluster whose kubelet, and maybe more, is somebody else's.</summary>
[Flags]
internal enum NodeComponents
{
    None = 0,

    /// <summary>The CNI plugin and its configuration: pods' own links and addresses.</summary>
    Cni = 1,

    /// <summary>Ways to the pods of other nodes, masquerading, and the guard in front of this node's pods.</summary>
    Routes = 2,
    Services = 4,
    Dns = 8,
    Policy = 16,
    Gateway = 32,
    All = Cni | Routes | Services | Dns | Policy | Gateway,
}
