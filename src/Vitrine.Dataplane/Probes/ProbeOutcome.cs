using System.Net.Sockets;

namespace Vitrine.Dataplane.Probes;

/// <summary>What became of one probe, as its sender saw it.</summary>
/// <param name="Answer">in one word</param>
/// <param name="Error">the system's word for it, null when it was answered</param>
public sealed record ProbeOutcome(ProbeAnswer Answer, string? Error = null)
{
    internal static ProbeOutcome Of(SocketException e) => new(
        e.SocketErrorCode switch
        {
            SocketError.ConnectionRefused => ProbeAnswer.Refused,
            SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.HostDown or SocketError.AddressNotAvailable => ProbeAnswer.Unreachable,
            SocketError.AccessDenied => ProbeAnswer.Prohibited,
            SocketError.MessageSize => ProbeAnswer.TooBig,
            SocketError.TimedOut => ProbeAnswer.Silent,
            _ => e.NativeErrorCode == Eperm ? ProbeAnswer.Prohibited : ProbeAnswer.Silent,
        },
        e.Message);

    private const int Eperm = 1;
}
