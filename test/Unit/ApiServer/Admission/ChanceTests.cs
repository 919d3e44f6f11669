using Vitrine.ApiServer.Admission;
using Xunit;

namespace Vitrine.Unit.ApiServer.Admission;

public sealed class ChanceTests
{
    [Fact]
    public void In_order_everything_is_drawn_once_and_the_same_again()
    {
        var (one, other) = (Chance.InOrder(), Chance.InOrder());
        var uids = Enumerable.Range(0, 10_000).Select(_ => one.Uid()).ToArray();
        Assert.Equal(uids.Length, uids.Distinct().Count());
        Assert.All(uids, u => Assert.Equal(('4', true), ($"{u}"[14], $"{u}"[19] is '8' or '9' or 'a' or 'b')));
        Assert.Equal(uids, Enumerable.Range(0, 10_000).Select(_ => other.Uid()));
        Assert.Equal(5_000, Enumerable.Range(0, 5_000).Select(_ => one.Suffix()).Distinct().Count());
    }

    [Fact]
    public void By_chance_names_and_numbers_are_of_their_kind()
    {
        Assert.All(Enumerable.Range(0, 100).Select(_ => Chance.Any.Suffix()), s => Assert.Matches("^[bcdfghjklmnpqrstvwxz2456789]{5}$", s));
        Assert.All(Enumerable.Range(0, 100).Select(_ => Chance.Any.Below(7)), n => Assert.InRange(n, 0, 6));
        Assert.NotEqual(Chance.Any.Uid(), Chance.Any.Uid());
    }
}
