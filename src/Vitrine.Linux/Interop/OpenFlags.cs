namespace Vitrine.Linux.Interop;

/// <summary>Flags of open(2), asm-generic values shared by x86-64; O_DIRECTORY and O_NOFOLLOW differ on arm64 and are not used here.</summary>
[Flags]
public enum OpenFlags
{
    ReadOnly = 0,
    WriteOnly = 0x1,
    ReadWrite = 0x2,
    Create = 0x40,
    Exclusive = 0x80,
    Truncate = 0x200,
    Append = 0x400,
    NonBlocking = 0x800,
    CloseOnExec = 0x80000,

    /// <summary>O_PATH: a name to go on from, not a file to read.</summary>
    Path = 0x200000,
}
