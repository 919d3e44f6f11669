namespace Vitrine.Linux.Interop;

/// <summary>What statx(2) says of a file.</summary>
/// <param name="Mode">Type and permission bits, as st_mode.</param>
/// <param name="AllocatedBytes">Room it takes on the disk; less than its length where it has holes.</param>
public readonly record struct FileStatus(uint User, uint Group, int Mode, long Inode, uint Links, long AllocatedBytes)
{
    private const int TypeMask = 0xF000;

    public bool IsDirectory => (Mode & TypeMask) == 0x4000;

    public bool IsLink => (Mode & TypeMask) == 0xA000;

    public bool IsSocket => (Mode & TypeMask) == 0xC000;

    public bool IsBlockDevice => (Mode & TypeMask) == 0x6000;

    public bool IsCharacterDevice => (Mode & TypeMask) == 0x2000;

    /// <summary>The permission bits with setuid, setgid and sticky.</summary>
    public int Permissions => Mode & 0xFFF;
}
