namespace Vitrine.Model.Explain;

/// <summary>What a question's packet carries.</summary>
public enum Transport
{
    /// <summary>An echo request.</summary>
    Icmp,
    Tcp,
    Udp,
    Sctp,
}
