namespace Vitrine.Model.Explain;

/// <summary>What the sender hears.</summary>
public enum Answer
{
    /// <summary>A connection, a datagram or an echo came back.</summary>
    Answered,

    /// <summary>RST, or ICMP port unreachable.</summary>
    Refused,

    /// <summary>Nothing in time.</summary>
    Silent,

    /// <summary>No way: from a router by ICMP, or from the sender's own kernel.</summary>
    Unreachable,

    /// <summary>Forbidden: from a router by ICMP, or from the sender's own kernel.</summary>
    Prohibited,

    /// <summary>Larger than some link on the way takes.</summary>
    TooBig,
}
