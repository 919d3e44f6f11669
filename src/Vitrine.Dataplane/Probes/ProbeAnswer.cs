namespace Vitrine.Dataplane.Probes;

/// <summary>What the sender of a probe was told.</summary>
public enum ProbeAnswer
{
    /// <summary>A connection, a datagram or an echo came back.</summary>
    Answered,

    /// <summary>Nobody listens: RST, or ICMP port unreachable.</summary>
    Refused,

    /// <summary>Nothing came back in time.</summary>
    Silent,

    /// <summary>A router or the sender's own kernel knows no way: ICMP host or network unreachable.</summary>
    Unreachable,

    /// <summary>Forbidden on the way: ICMP administratively prohibited, or the sender's own rules.</summary>
    Prohibited,

    /// <summary>Larger than some link on the way takes.</summary>
    TooBig,
}
