using System.Net.Sockets;
using Vitrine.Linux.Interop;

namespace Vitrine.Dataplane.Probes;

/// <summary>What became of one probe, as its sender saw it.</summary>
/// <param name="Answer">in one word</param>
/// <param name="Error">the system's word for it, null when it was answered</param>
public sealed record ProbeOutcome(ProbeAnswer Answer, string? Error = null)
{
    internal static ProbeOutcome Of(SocketException e) => Of(e.NativeErrorCode, e.Message);

    internal static ProbeOutcome Of(int errno, string error) => new(
        errno switch
        {
            Errno.ECONNREFUSED => ProbeAnswer.Refused,
            Errno.EHOSTUNREACH or Errno.ENETUNREACH or Errno.EHOSTDOWN or Errno.EADDRNOTAVAIL => ProbeAnswer.Unreachable,
            Errno.EACCES or Errno.EPERM => ProbeAnswer.Prohibited,
            Errno.EMSGSIZE => ProbeAnswer.TooBig,
            _ => ProbeAnswer.Silent,
        },
        error);
}
