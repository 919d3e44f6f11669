namespace Vitrine.Model.Plans.Services;

/// <summary>IPPROTO_* of the protocols a Service may have.</summary>
public static class ServiceProtocol
{
    public const byte Tcp = 6, Udp = 17, Sctp = 132;

    /// <summary>Of spec.ports[].protocol; 0 for what is none.</summary>
    public static byte Number(string name) => name switch { "TCP" => Tcp, "UDP" => Udp, "SCTP" => Sctp, _ => 0 };

    public static string Name(byte protocol) => protocol switch { Tcp => "tcp", Udp => "udp", Sctp => "sctp", _ => $"protocol {protocol}" };
}
