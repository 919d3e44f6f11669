using System.Buffers;
using System.Globalization;
using System.Net;
using System.Numerics;
using System.Text;
using Vitrine.Cni.Config;
using Vitrine.Linux.Netlink;

namespace Vitrine.Cni.Ipam;

/// <summary>
/// The text of a leases file. A header with the boot id, then one record a line:
/// <code>
/// vitrine-leases 1 4f9c…
/// + containerid ifname link address[,address] [mac=m] [ports=p,…] crc32c
/// - containerid ifname crc32c
/// = address[,address] crc32c
/// </code>
/// <c>=</c> keeps the round-robin position over a compaction. A last line without its newline was cut short by a crash and counts as never written;
/// anything else that does not parse is damage, and is reported instead of handing out an address twice.
/// </summary>
internal static class LeaseLog
{
    private const string HeaderStart = "vitrine-leases 1 ", MacStart = "mac=", PortsStart = "ports=";

    internal static string Header(string bootId) => $"{HeaderStart}{bootId}\n";

    internal static string Added(Lease lease) =>
        Seal($"+ {lease.Attachment.ContainerId} {lease.Attachment.InterfaceName} {lease.Link} {string.Join(',', lease.Addresses)}"
            + (lease.Mac is { } mac ? $" {MacStart}{mac}" : "") + (lease.Ports.Count > 0 ? $" {PortsStart}{string.Join(',', lease.Ports)}" : ""));

    internal static string Removed(Attachment attachment) => Seal($"- {attachment.ContainerId} {attachment.InterfaceName}");

    private static string Position(IReadOnlyList<IPAddress> addresses) => Seal($"= {string.Join(',', addresses)}");

    /// <summary>The whole file that stands for a table.</summary>
    internal static string Write(LeaseTable table, string bootId)
    {
        var text = new StringBuilder(Header(bootId));
        foreach (var lease in table.Leases)
            text.Append(Added(lease));
        if (table.LastLeased.Count > 0)
            text.Append(Position(table.LastLeased));
        return text.ToString();
    }

    /// <summary>
    /// Reads a file. <paramref name="validBytes"/> is where the next record goes: less than the file's length after a torn tail, 0 when a new
    /// header is due because the file is new, was torn in its header, or is from an earlier boot. Then what can be read of it is returned, for the caller
    /// to see which sandboxes live on: nothing in it was fsynced, so damage is the end of it and no error.
    /// </summary>
    /// <exception cref="FormatException">damage, with the line number</exception>
    internal static LeaseTable Read(ReadOnlySpan<byte> file, string bootId, out int validBytes, out int records)
    {
        var table = new LeaseTable();
        validBytes = 0;
        records = 0;
        var headerEnd = file.IndexOf((byte)'\n');
        if (headerEnd < 0)
            return IsTornHeader(file) ? table : throw new FormatException("line 1 is no vitrine-leases header");
        var header = Encoding.ASCII.GetString(file[..headerEnd]);
        if (!header.StartsWith(HeaderStart, StringComparison.Ordinal))
            throw new FormatException("line 1 is no vitrine-leases header");
        var earlierBoot = header[HeaderStart.Length..] != bootId;
        var at = headerEnd + 1;
        for (var end = file[at..].IndexOf((byte)'\n'); end >= 0; end = file[at..].IndexOf((byte)'\n'))
        {
            records++;
            if (!Apply(file.Slice(at, end), table))
            {
                if (earlierBoot)
                    break;
                throw new FormatException($"line {records + 1} is damaged");
            }
            at += end + 1;
        }
        validBytes = earlierBoot ? 0 : at;
        return table;
    }

    private static bool IsTornHeader(ReadOnlySpan<byte> file)
    {
        var start = Encoding.ASCII.GetBytes(HeaderStart);
        var shared = Math.Min(start.Length, file.Length);
        return file[..shared].SequenceEqual(start.AsSpan(0, shared)) && file.Length < start.Length + 64;
    }

    private static bool Apply(ReadOnlySpan<byte> line, LeaseTable table)
    {
        var lastSpace = line.LastIndexOf((byte)' ');
        // Compared as text: a number would also be read from upper-case digits, which only damage can have made.
        if (lastSpace < 0 || !Encoding.ASCII.GetString(line[(lastSpace + 1)..]).Equals($"{Crc32C(line[..lastSpace]):x8}", StringComparison.Ordinal))
            return false;
        var fields = Encoding.ASCII.GetString(line[..lastSpace]).Split(' ');
        switch (fields)
        {
            case ["+", var container, var ifname, var link, var list, .. var extras] when Addresses(list) is { } addresses:
                return Extend(new Lease(new Attachment(container, ifname), link, addresses), extras) is { } lease && table.Put(lease);
            case ["-", var container, var ifname]:
                table.Remove(new Attachment(container, ifname));
                return true;
            case ["=", var list] when Addresses(list) is { } addresses:
                table.LastLeased = addresses;
                return true;
            default:
                return false;
        }
    }

    private static Lease? Extend(Lease lease, ReadOnlySpan<string> extras)
    {
        foreach (var extra in extras)
            if (extra.StartsWith(MacStart, StringComparison.Ordinal) && MacAddress.TryParse(extra[MacStart.Length..], out var mac))
                lease = lease with { Mac = mac };
            else if (extra.StartsWith(PortsStart, StringComparison.Ordinal) && Ports(extra[PortsStart.Length..]) is { } ports)
                lease = lease with { Ports = ports };
            else
                return null;
        return lease;
    }

    private static List<PortMapping>? Ports(string list)
    {
        var ports = new List<PortMapping>();
        foreach (var text in list.Split(','))
            if (PortMapping.Parse(text) is { } port)
                ports.Add(port);
            else
                return null;
        return ports;
    }

    private static List<IPAddress>? Addresses(string list)
    {
        var addresses = new List<IPAddress>();
        foreach (var text in list.Split(','))
            if (IPAddress.TryParse(text, out var address))
                addresses.Add(address);
            else
                return null;
        return addresses;
    }

    private static string Seal(string record) => $"{record} {Crc32C(Encoding.ASCII.GetBytes(record)):x8}\n";

    private static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
            crc = BitOperations.Crc32C(crc, b);
        return ~crc;
    }
}
