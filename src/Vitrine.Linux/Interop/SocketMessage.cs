using System.Runtime.InteropServices;

namespace Vitrine.Linux.Interop;

/// <summary>struct iovec.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct IoVector
{
    public byte* Base;
    public nuint Length;
}

/// <summary>struct mmsghdr: a msghdr of 56 bytes, the count, and padding to 64 on 64-bit machines.</summary>
[StructLayout(LayoutKind.Sequential, Size = 64)]
internal unsafe struct SocketMessage
{
    public void* Name;
    public uint NameLength;
    public IoVector* Vectors;
    public nuint VectorCount;
    public void* Control;
    public nuint ControlLength;
    public int Flags;
    private readonly int padding;
    public uint Count;
}
