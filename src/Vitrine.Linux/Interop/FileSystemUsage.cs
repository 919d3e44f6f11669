namespace Vitrine.Linux.Interop;

/// <summary>What statfs(2) says of a file system; space in bytes, inodes as a count.</summary>
public sealed record FileSystemUsage(long Type, long TotalBytes, long AvailableBytes, long TotalInodes, long FreeInodes);
