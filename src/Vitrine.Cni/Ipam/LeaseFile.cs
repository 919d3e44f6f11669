using System.Net;
using System.Text;
using Vitrine.Cni.Config;
using Vitrine.Linux.Interop;
using Vitrine.Linux.Netlink;

namespace Vitrine.Cni.Ipam;

/// <summary>
/// The leases of one network on disk, locked from <see cref="Open"/> to Dispose. Records are appended in one write(2); when most of the file is
/// history it is written anew beside and renamed over. Nothing is fsynced: a lease means something only while its link exists, and no link outlives
/// the crash of the machine. After that the boot id in the header no longer matches, and of the leases only those stay whose link exists all the same.
/// </summary>
internal sealed class LeaseFile : IDisposable
{
    private const int MaxBytes = 16 << 20, CompactFrom = 64;

    /// <summary>Two hundred ADDs at once wait for each other a few tenths of a second; runtimes give up on a plugin after minutes.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly string path;
    private readonly string bootId;
    private readonly FileLock fileLock;
    private int length, records;

    private LeaseFile(string path, string bootId, FileLock fileLock, LeaseTable table, int length, int records)
    {
        this.path = path;
        this.bootId = bootId;
        this.fileLock = fileLock;
        this.length = length;
        this.records = records;
        Table = table;
    }

    internal LeaseTable Table { get; }

    /// <exception cref="CniException">I/O (5) or damage (102)</exception>
    internal static LeaseFile Open(string networkDirectory)
    {
        var fileLock = Lock(networkDirectory);
        var path = networkDirectory + "/leases";
        try
        {
            var bootId = BootId();
            using var file = FileHandle.TryOpen(path, OpenFlags.ReadOnly);
            var table = LeaseLog.Read(file is null ? [] : file.ReadToEnd(MaxBytes), bootId, out var validBytes, out var records);
            if (validBytes == 0 && table.Leases.Count > 0)
                KeepLiving(table);
            return new LeaseFile(path, bootId, fileLock, table, validBytes, records);
        }
        catch (Exception e)
        {
            fileLock.Dispose();
            throw e switch
            {
                FormatException => new CniException(ErrorCode.LeasesCorrupt, $"lease file {path} is damaged: {e.Message}",
                    "no address is given out while it cannot be trusted; stop the pods of this network, move the file away and start them again"),
                LinuxException => new CniException(ErrorCode.InputOutput, "cannot read the lease file", e.Message),
                _ => e,
            };
        }
    }

    /// <summary>Leases what is asked for to an attachment whose link exists already.</summary>
    /// <returns>null with the reason when something cannot be had</returns>
    internal Lease? TryLease(LeaseRequest request, out CniException? refusal)
    {
        if (Table.Choose(request, out refusal) is not { } addresses)
            return null;
        var lease = new Lease(request.Attachment, request.Link, addresses) { Mac = request.Mac, Ports = request.Ports };
        // An earlier lease of the same attachment is superseded by its key.
        Append(LeaseLog.Added(lease));
        Table.Put(lease);
        return lease;
    }

    /// <summary>Frees a lease; the caller has seen that its link is gone.</summary>
    internal void Free(Attachment attachment) => Free([attachment]);

    /// <summary>Frees every lease whose link is not among <paramref name="linkExists"/>.</summary>
    internal void Sweep(Func<string, bool> linkExists) =>
        Free([.. Table.Leases.Where(l => !linkExists(l.Link)).Select(l => l.Attachment)]);

    public void Dispose() => fileLock.Dispose();

    private void Free(IReadOnlyList<Attachment> attachments)
    {
        var text = string.Concat(attachments.Where(Table.Remove).Select(LeaseLog.Removed));
        if (text.Length > 0)
            Append(text);
    }

    private void Append(string text)
    {
        // A new file, or one of an earlier boot: what lives on of that is written along.
        if (length == 0)
            text = LeaseLog.Write(Table, bootId) + text;
        try
        {
            using var file = FileHandle.Open(path, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Append);
            // Cuts off a torn tail or an earlier boot's records; a no-op otherwise, and cheaper than asking for the size.
            file.Truncate(length);
            try
            {
                file.Write(Encoding.ASCII.GetBytes(text));
            }
            catch (LinuxException)
            {
                file.Truncate(length);
                throw;
            }
            length += text.Length;
            records++;
        }
        catch (LinuxException e)
        {
            throw new CniException(ErrorCode.InputOutput, "cannot write the lease file", $"{path}: {e.Message}");
        }
    }

    /// <summary>Rewrites the file when less than a third of its records still count. Not on the way of an ADD: the sweep after a DEL calls it.</summary>
    internal void Compact()
    {
        if (records < CompactFrom || records < Table.Leases.Count * 3)
            return;
        var fresh = path + ".new";
        using (var file = FileHandle.Open(fresh, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Truncate))
            file.Write(Encoding.ASCII.GetBytes(LeaseLog.Write(Table, bootId)));
        FileSystems.Rename(fresh, path);
    }

    /// <summary>Leases of an earlier boot: a sandbox may have outlived what changed the boot id, such as a moved state directory; its link is the proof.</summary>
    private static void KeepLiving(LeaseTable table)
    {
        using var host = RtnetlinkSocket.Open();
        var links = host.ListLinks().Select(l => l.Name).ToHashSet();
        foreach (var lease in table.Leases.Where(l => !links.Contains(l.Link)).ToList())
            table.Remove(lease.Attachment);
    }

    private static FileLock Lock(string networkDirectory)
    {
        try
        {
            return TryLock(networkDirectory);
        }
        catch (LinuxException e) when (e.Errno == Errno.ENOENT)
        {
            StateDirectory.Create(networkDirectory);
            return TryLock(networkDirectory);
        }
        catch (LinuxException e)
        {
            throw new CniException(ErrorCode.InputOutput, "cannot lock the lease file", e.Message);
        }
    }

    private static FileLock TryLock(string networkDirectory) => FileLock.TryAcquire(networkDirectory + "/lock", Patience)
        ?? throw new CniException(ErrorCode.TryAgain, $"the lease file of {networkDirectory} is busy",
            $"somebody has held its lock for {Patience.TotalSeconds} s; nothing was changed, try again later");

    private static string BootId()
    {
        using var file = FileHandle.Open("/proc/sys/kernel/random/boot_id", OpenFlags.ReadOnly);
        return Encoding.ASCII.GetString(file.ReadToEnd(128)).TrimEnd();
    }
}
