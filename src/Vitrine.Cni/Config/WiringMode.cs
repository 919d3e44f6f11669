namespace Vitrine.Cni.Config;

/// <summary>How a pod's link is reached on the host.</summary>
internal enum WiringMode
{
    /// <summary>A host route per pod to its own veth; no shared segment.</summary>
    Routed,

    /// <summary>The veth is a port of a bridge that holds the gateway address.</summary>
    Bridge,

    /// <summary>Another plugin of the chain made the link; host ports and bandwidth are all that is done here.</summary>
    Chained,
}
