using System.Collections.Immutable;
using System.Net;
using Vitrine.Dataplane.Apply.Services;
using Vitrine.Linux.Interop;
using Vitrine.Linux.Nft;
using Vitrine.Model.Plans;
using Vitrine.Model.Plans.Services;
using Vitrine.Unit.Dataplane;
using Xunit;

namespace Vitrine.Kernel.Services;

/// <summary>The double of unit tests and the kernel, side by side.</summary>
public sealed class ParityTests : IDisposable
{
    private readonly ThrowAwayNetns here = new();

    public void Dispose() => here.Dispose();

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    public void Both_end_up_with_the_same_table(int seed, bool ipv6)
    {
        using var nft = NftSocket.OpenIn(here.Handle);
        var skeleton = new ServiceSkeleton(ipv6);
        var (kernel, fake) = (new NftServiceTable(nft, skeleton), new FakeServiceTable(skeleton));
        ServiceApply[] hands = [new(kernel, skeleton), new(fake, skeleton)];
        var rules = new ServiceRules { ServiceRanges = [IPNetwork.Parse("10.96.0.0/30")] };
        var cluster = new RandomServices(seed);
        ServicePlan? plan = null;
        for (var i = 0; i < 150; i++)
        {
            var changed = new HashSet<string> { cluster.Step() };
            plan = ServicePlan.Compile(cluster.Snapshot, "node-1", rules, plan, plan is null ? null : changed);
            Assert.Equal(hands[1].Update(plan), hands[0].Update(plan));
            Assert.Equal(ServiceTableText.Write(skeleton, fake.Read()!), ServiceTableText.Write(skeleton, kernel.Read()!));
        }
        Assert.Equal(0, hands[0].Verify(plan!));
    }

    [Fact]
    public void Both_refuse_the_same_transactions_and_do_nothing_of_them()
    {
        using var nft = NftSocket.OpenIn(here.Handle);
        var skeleton = new ServiceSkeleton(ipv6: true);
        IServiceTable[] tables = [new NftServiceTable(nft, skeleton), new FakeServiceTable(skeleton)];
        foreach (var table in tables)
            table.Create();
        var family = skeleton.Families[0];
        var random = new Random(5);
        var refused = 0;
        for (var i = 0; i < 300; i++)
        {
            var changes = new ServiceChanges();
            for (var n = random.Next(1, 4); n > 0; n--)
            {
                var element = NftElement.Of(IPAddress.Parse($"10.0.0.{random.Next(4)}"), NftValue.Protocol(6), NftValue.Port(80)).To(NftValue.Number((uint)random.Next(2)));
                if (random.Next(2) == 0)
                    changes.Add(family.Services, element);
                else
                    changes.Delete(family.Services, element);
            }
            var errors = tables.Select(t =>
            {
                try
                {
                    t.Commit(changes, ImmutableDictionary<ServiceMode, uint>.Empty);
                    return 0;
                }
                catch (LinuxException e)
                {
                    return e.Errno;
                }
            }).ToArray();
            Assert.Equal(errors[0] == 0, errors[1] == 0);
            refused += errors[0] == 0 ? 0 : 1;
            Assert.Equal(Elements(tables[0]), Elements(tables[1]));
        }
        Assert.InRange(refused, 50, 250);
    }

    private static string[] Elements(IServiceTable table) => [.. table.Read()!.Elements.Select(e => $"{e.Set.Name} {e.Element.Key} {e.Element.Value}").Order()];
}
