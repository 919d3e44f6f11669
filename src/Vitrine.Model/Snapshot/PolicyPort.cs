namespace Vitrine.Model.Snapshot;

/// <summary>A port of a policy's rule: of the pod a connection goes to.</summary>
/// <param name="Protocol">TCP, UDP or SCTP; empty, with a name, for whichever the port has</param>
/// <param name="Name">of a container's port; empty for numbers</param>
/// <param name="First">0 to 65535</param>
/// <param name="Last">included</param>
public sealed record PolicyPort(string Protocol, string Name, int First, int Last)
{
    public static PolicyPort All(string protocol) => new(protocol, "", 0, ushort.MaxValue);
}
