using System.Net;
using System.Text;
using CsCheck;
using Vitrine.Cni.Config;
using Vitrine.Cni.Ipam;
using Vitrine.Linux.Netlink;
using Xunit;

namespace Vitrine.Unit.Cni;

public sealed class LeaseLogTests
{
    private const string Boot = "c0418bba-49d1-4385-b9bd-bf0750275117";

    [Fact]
    public void Truncated_at_any_byte_it_holds_exactly_the_whole_records()
    {
        var records = new[] { LeaseLog.Header(Boot), LeaseLog.Added(Lease(1)), LeaseLog.Added(Lease(2)), LeaseLog.Removed(Lease(1).Attachment), LeaseLog.Added(Lease(3)) };
        int[] expected = [0, 0, 1, 2, 1, 2];
        var file = Encoding.ASCII.GetBytes(string.Concat(records));
        for (var length = 0; length <= file.Length; length++)
        {
            var whole = 0;
            var end = 0;
            while (whole < records.Length && end + records[whole].Length <= length)
                end += records[whole++].Length;
            var table = LeaseLog.Read(file.AsSpan(0, length), Boot, out var validBytes, out _);
            Assert.Equal(expected[whole], table.Leases.Count);
            Assert.Equal(end, validBytes);
        }
    }

    [Fact]
    public void A_flipped_bit_in_a_finished_record_is_found()
    {
        var header = LeaseLog.Header(Boot);
        var file = Encoding.ASCII.GetBytes(header + LeaseLog.Added(Lease(1)) + LeaseLog.Added(Lease(2)));
        Gen.Select(Gen.Int[header.Length, file.Length - 1], Gen.Int[0, 7]).Sample((at, bit) =>
        {
            var damaged = file.ToArray();
            damaged[at] ^= (byte)(1 << bit);
            try
            {
                // The one flip that is not damage but a torn tail: the last newline.
                return LeaseLog.Read(damaged, Boot, out _, out _).Leases.Count == 1 && at == file.Length - 1;
            }
            catch (FormatException)
            {
                return true;
            }
        });
    }

    [Fact]
    public void Of_an_earlier_boot_it_reads_up_to_the_damage_and_asks_to_be_written_anew()
    {
        var file = Encoding.ASCII.GetBytes(LeaseLog.Header("another-boot") + LeaseLog.Added(Lease(1)) + "damage\n" + LeaseLog.Added(Lease(2)));
        Assert.Equal("c1", Assert.Single(LeaseLog.Read(file, Boot, out var validBytes, out _).Leases).Attachment.ContainerId);
        Assert.Equal(0, validBytes);
    }

    [Fact]
    public void What_was_asked_for_is_kept_with_the_lease()
    {
        var table = new LeaseTable();
        var lease = Lease(1) with { Mac = new MacAddress(0x02_00_00_00_00_01), Ports = [new PortMapping(PortMapping.Udp, IPAddress.Parse("192.0.2.1"), 53, 5353), new PortMapping(PortMapping.Tcp, null, 80, 8080)] };
        table.Put(lease);
        var again = Assert.Single(LeaseLog.Read(Encoding.ASCII.GetBytes(LeaseLog.Write(table, Boot)), Boot, out _, out _).Leases);
        Assert.Equal(lease.Mac, again.Mac);
        Assert.Equal(lease.Ports, again.Ports);
    }

    [Fact]
    public void Somebody_elses_file_is_not_taken_for_ours() =>
        Assert.Throws<FormatException>(() => LeaseLog.Read("10.0.0.1 web\n"u8, Boot, out _, out _));

    [Fact]
    public void Written_anew_it_reads_as_the_same_table()
    {
        var table = new LeaseTable();
        table.Put(Lease(1));
        table.Put(Lease(2));
        table.Remove(Lease(2).Attachment);
        var again = LeaseLog.Read(Encoding.ASCII.GetBytes(LeaseLog.Write(table, Boot)), Boot, out _, out _);
        Assert.Equal("c1", Assert.Single(again.Leases).Attachment.ContainerId);
        Assert.Equal(table.LastLeased, again.LastLeased);
    }

    [Fact]
    public void The_search_goes_on_after_the_last_address_and_wraps_round()
    {
        var table = new LeaseTable();
        var sets = Sets("10.0.0.0/29");
        var seen = new List<string>();
        for (var i = 0; i < 7; i++)
        {
            var address = Choose(table, sets)![0];
            seen.Add(address.ToString());
            table.Put(new Lease(new Attachment("c", "eth0"), "l", [address]));
        }
        Assert.Equal(["10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5", "10.0.0.6", "10.0.0.2", "10.0.0.3"], seen);
    }

    [Fact]
    public void Every_address_is_given_out_once_and_then_none()
    {
        var table = new LeaseTable();
        var sets = Sets("10.0.0.0/28", "10.0.1.0/28");
        var given = new HashSet<IPAddress>();
        while (Choose(table, sets) is { } addresses)
        {
            Assert.True(given.Add(addresses[0]));
            table.Put(new Lease(new Attachment($"c{given.Count}", "eth0"), "l", addresses));
        }
        Assert.Equal(26, given.Count);
        Assert.DoesNotContain(IPAddress.Parse("10.0.0.1"), given);
    }

    [Fact]
    public void The_end_of_all_ipv6_addresses_ends_the_search()
    {
        var set = new RangeSet([AddressRange.Create(IPNetwork.Parse("ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffc/126"), null, null, null)]);
        var table = new LeaseTable();
        for (var i = 0; Choose(table, [set]) is { } addresses; i++)
            table.Put(new Lease(new Attachment($"c{i}", "eth0"), "l", addresses));
        Assert.Equal(2, table.Leases.Count);
    }

    private static IReadOnlyList<IPAddress>? Choose(LeaseTable table, IReadOnlyList<RangeSet> sets) =>
        table.Choose(new LeaseRequest(new Attachment("new", "eth0"), "l", sets, []), out _);

    private static RangeSet[] Sets(params string[] subnets) =>
        [new RangeSet([.. subnets.Select(s => AddressRange.Create(IPNetwork.Parse(s), null, null, null))])];

    private static Lease Lease(int i) => new(new Attachment($"c{i}", "eth0"), $"vtr{i}", [IPAddress.Parse($"10.0.0.{i}"), IPAddress.Parse($"fd00::{i}")]);
}
