using System.Net;
using CsCheck;
using Vitrine.Dataplane.Apply.Services;
using Vitrine.Model;
using Vitrine.Model.Plans;
using Xunit;

namespace Vitrine.Unit.Model;

public sealed class RangeIndexTests
{
    private static readonly Gen<IPNetwork> Range =
        from v6 in Gen.Bool
        from a in Gen.Int[0, 3]
        from b in Gen.Byte
        from length in Gen.Int[0, 32]
        select Subnets.Around(IPAddress.Parse(v6 ? $"fd0{a}:{b:x}00::{b:x}" : $"10.{a}.{b}.{b}"), v6 ? length * 4 : length);

    [Fact]
    public void What_overlaps_is_found_as_a_look_at_all_finds_it() => Gen.Select(Range.Array[0, 30], Range).Sample((some, asked) =>
    {
        var (index, all) = (new RangeIndex<string>(), new List<IPNetwork>());
        foreach (var range in some)
        {
            var naive = all.Where(r => Subnets.Overlap(r, range)).Select(r => $"{r}").ToArray();
            Assert.Equal(naive, index.Overlapping(range));
            if (naive.Length > 0)
                continue;
            all.Add(range);
            index.Add(range, $"{range}");
        }
        Assert.Equal(all.Where(r => Subnets.Overlap(r, asked)).Select(r => $"{r}"), index.Overlapping(asked));
    });

    [Fact]
    public void Ranges_that_lie_within_others_are_left_out_and_no_others() => Range.Array[0, 30].Sample(some =>
    {
        var apart = Ranges.Apart(some).ToArray();
        Assert.Equal(some.Distinct().Where(r => !some.Any(o => o != r && Subnets.Overlap(o, r) && o.PrefixLength < r.PrefixLength)).ToHashSet(), apart.ToHashSet());
        Assert.Distinct(apart);
    });
}
