using System.Net;
using Vitrine.Dataplane.Apply.Policies;
using Vitrine.Linux.Interop;
using Vitrine.Linux.Nft;
using Vitrine.Unit.Dataplane;
using Xunit;

namespace Vitrine.Kernel.Policies;

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
        var skeleton = new PolicySkeleton(ipv6);
        var (kernel, fake) = (new NftPolicyTable(nft, skeleton), new FakePolicyTable());
        PolicyApply[] hands = [new(kernel, skeleton), new(fake, skeleton)];
        var policies = new RandomPolicies(seed);
        for (var i = 0; i < 150; i++)
        {
            Assert.Equal(hands[1].Update(policies.Plan, policies.Links) > 0, hands[0].Update(policies.Plan, policies.Links) > 0);
            Assert.Equal(PolicyTableText.Write(skeleton, fake.Read()!), PolicyTableText.Write(skeleton, kernel.Read()!));
            if (i % 10 == 0)
                Assert.Equal(0, hands[0].Verify(policies.Plan, policies.Links));
            policies.Step();
        }
    }

    [Fact]
    public void Both_refuse_the_same_transactions_of_a_change_and_do_nothing_of_them()
    {
        using var nft = NftSocket.OpenIn(here.Handle);
        var skeleton = new PolicySkeleton(ipv6: true);
        IPolicyTable[] tables = [new NftPolicyTable(nft, skeleton), new FakePolicyTable()];
        foreach (var table in tables)
            table.Ensure(skeleton.Spec);
        var policies = new RandomPolicies(5);
        var random = new Random(5);
        var refused = 0;
        var contents = new List<PolicyContents> { new PolicyApply(new FakePolicyTable(), skeleton).Contents(policies.Plan, []) };
        for (var i = 0; i < 200; i++)
        {
            // A transaction that leads from one content to another meets a table that may have a third.
            policies.Step();
            contents.Add(new PolicyApply(new FakePolicyTable(), skeleton).Contents(policies.Plan, policies.Links));
            var changes = PolicyChanges.Between(skeleton, contents[random.Next(Math.Max(0, i - 2), contents.Count)], contents[^1]);
            var errors = tables.Select(t => Try(() => t.Commit(changes))).ToArray();
            Assert.True((errors[0] == 0) == (errors[1] == 0), $"step {i}: kernel {errors[0]}, double {errors[1]}");
            refused += errors[0] == 0 ? 0 : 1;
            Assert.Equal(PolicyTableText.Write(skeleton, tables[1].Read()!), PolicyTableText.Write(skeleton, tables[0].Read()!));
            if (errors[0] != 0 && i % 3 == 0)
                foreach (var table in tables)
                    table.Ensure(contents[^1].Spec(skeleton));
        }
        Assert.InRange(refused, 20, 190);
    }

    [Fact]
    public void The_table_reads_as_nft_rules_to_people()
    {
        using var nft = NftSocket.OpenIn(here.Handle);
        var skeleton = new PolicySkeleton(ipv6: true);
        var policies = new RandomPolicies(11);
        for (var i = 0; i < 20; i++)
            policies.Step();
        var spec = new PolicyApply(new FakePolicyTable(), skeleton).Contents(policies.Plan, policies.Links).Spec(skeleton);
        spec.EnsureIn(nft);
        Assert.Equal(0, spec.EnsureIn(nft));
        var listing = Nft.List(here, skeleton.Table);
        // nft has words of its own for neighbour discovery.
        foreach (var rule in spec.Rules.Where(r => !r.Text.Contains("icmpv6 type", StringComparison.Ordinal)))
            Assert.Contains(rule.Text, listing);
        Assert.Contains("type filter hook forward priority filter + 10; policy accept;", listing);
        Assert.Contains("\"vtr1\" . 10.244.1.1 comment \"blue/p1\" : ", listing);
        // What nft lists it takes back.
        File.WriteAllText(Path.Combine(here.Directory.FullName, "listing"), listing);
        Nft.Shell(here, $"nft delete table inet {PolicySkeleton.Name} && nft -f {here.Directory.FullName}/listing");
    }

    private static int Try(Action commit)
    {
        try
        {
            commit();
            return 0;
        }
        catch (LinuxException e)
        {
            return e.Errno;
        }
    }
}
