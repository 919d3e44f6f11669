namespace Vitrine.ApiServer.Store;

/// <summary>Bounds of the store.</summary>
internal sealed record StoreLimits
{
    /// <summary>Changes kept in memory per kind for watchers.</summary>
    public int WindowEvents { get; init; } = 8192;

    /// <summary>Bytes of superseded versions kept in memory per kind.</summary>
    public long WindowBytes { get; init; } = 8 << 20;

    /// <summary>Superseded rows kept on disk, so that watches resume after a restart.</summary>
    public int LogRows { get; init; } = 10_000;

    public long LogBytes { get; init; } = 64 << 20;

    /// <summary>Size of the database file in pages of 8 KiB; 0: as large as the disk allows.</summary>
    public int DiskPages { get; init; }

    /// <summary>Writes that may wait for the writer; more callers wait outside.</summary>
    public int Waiting { get; init; } = 4096;

    /// <summary>Writes in one transaction.</summary>
    public int Batch { get; init; } = 1024;

    /// <summary>An empty window of one resource.</summary>
    public WatchWindow Window() => new(WindowEvents, WindowBytes);
}
