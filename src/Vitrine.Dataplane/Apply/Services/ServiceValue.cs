namespace Vitrine.Dataplane.Apply.Services;

/// <summary>
/// What the kernel knows of a front end, in one 32-bit number: how to choose (12 bits), and from which group of backends (20 bits). A plain number, so
/// that a Service more costs an element and no verdict map has to be checked again.
/// </summary>
internal static class ServiceValue
{
    public const uint GroupMask = 0x000fffff, ModeMask = 0xfff00000;

    /// <summary>Nobody behind an address, nobody behind a node port, nobody here.</summary>
    public const uint Reject = 0xffd00000, RejectPort = 0xffe00000, Drop = 0xfff00000;

    /// <summary>The most groups of one address family.</summary>
    public const uint MostGroups = GroupMask;

    /// <summary>The most backends of a group with affinity: their numbers take the place of the mode.</summary>
    public const int MostSticky = 4096;

    private const int GroupBits = 20;

    /// <param name="high">a mode, or the number of a backend in its group</param>
    /// <param name="group">the group</param>
    public static uint Of(uint high, uint group) => high << GroupBits | group;

    public static uint High(uint value) => value >> GroupBits;

    public static uint Group(uint value) => value & GroupMask;
}
