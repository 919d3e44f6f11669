using System.Collections.Concurrent;
using System.Globalization;
using Vitrine.Dataplane.Explain;
using Vitrine.Model.Explain;
using Xunit;

namespace Vitrine.Kernel.Explain;

/// <summary>What explain predicts is what happens to the packet: random clusters, broken at random, asked random questions.</summary>
public sealed class PredictionTests(ITestOutputHelper output)
{
    private const int Questions = 130, AtOnce = 48;

    // A router answers one sender with a handful of unreachables, then with one a second (ip_rt_error_burst), and a namespace cannot change that.
    private const int RouterBurst = 4;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task Prediction_equals_the_real_packets_fate()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("VITRINE_SEED"), CultureInfo.InvariantCulture, out var given) ? given : Environment.TickCount;
        output.WriteLine($"VITRINE_SEED={seed}");
        var fates = new ConcurrentDictionary<Verdict, int>();
        var wrong = new ConcurrentQueue<string>();
        // VITRINE_SEED and VITRINE_TOWNS ask for the very towns of a failure.
        var towns = int.TryParse(Environment.GetEnvironmentVariable("VITRINE_TOWNS"), CultureInfo.InvariantCulture, out var some) ? some : 24;
        for (var town = 0; town < towns; town++)
            await AskAsync(seed + town, fates, wrong);
        output.WriteLine(string.Join(", ", fates.OrderBy(f => f.Key).Select(f => $"{f.Key} {f.Value}")));
        Assert.True(wrong.IsEmpty, $"{wrong.Count} wrong predictions; the first:\n{string.Join("\n", wrong.Take(6))}");
        // A test that only ever saw packets delivered would prove little.
        Assert.True(towns < 24 || new[] { Verdict.Delivered, Verdict.Refused, Verdict.Dropped, Verdict.Unreachable, Verdict.TooBig, Verdict.NoWayBack }.All(fates.ContainsKey), "some fate never came up");
    }

    /// <summary>Answers and errors that a router refuses are counted with what their sender asks, and nobody can tell how many they are: a SYN's answer is sent again and again.</summary>
    private static IEnumerable<string> Refused(Scene scene, Explanation explanation) =>
        from walk in explanation.Others.Prepend(explanation)
        where walk.Forward is { End: not null, Packet.Source: not null }
        let taker = walk.Forward.End!.Name
        let back = PacketWalk.Explain(scene, new Question(new Place(taker, walk.Forward.Packet!.Destination), new Place("back", walk.Forward.Packet.Source), Transport.Icmp)).Forward
        where back.Verdict == Verdict.Unreachable && back.Hops[^1].Where != taker
        select At(back);

    private static string At(Leg leg) => $"{leg.Packet?.Source} {leg.Hops[^1].Where}";

    private static async Task AskAsync(int seed, ConcurrentDictionary<Verdict, int> fates, ConcurrentQueue<string> wrong)
    {
        using var town = new RandomTown(seed);
        var unreachables = new ConcurrentDictionary<string, int>();
        var questions = Enumerable.Range(0, Questions).Select(_ => town.Ask()).ToArray();
        var spent = questions.SelectMany(q => Refused(town.Scene, PacketWalk.Explain(town.Scene, q))).ToHashSet();
        // One at a time between two addresses: a raw socket hears of the errors of all echoes to its peer.
        await Parallel.ForEachAsync(questions.GroupBy(q => (q.Source.Address, q.Destination.Address)), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (pair, _) =>
        {
            foreach (var question in pair)
                await JudgeAsync(question);
        });

        async Task JudgeAsync(Question question)
        {
            var explanation = PacketWalk.Explain(town.Scene, question);
            fates.AddOrUpdate(explanation.Verdict, 1, (_, n) => n + 1);
            var told = await Probe.SendAsync(question, town.Namespace(question.Source.Object), Patience, TimeProvider.System);
            var heard = Probe.Answer(told!);
            // Of a Service's endpoints any may be the one behind an unreachable route. The router counts by the sender it sees, who may be masqueraded.
            var seldom = explanation.Others.Prepend(explanation).Count(w => w.Expected.Contains(Answer.Unreachable) && w.Forward.Hops[^1].Where != question.Source.Object
                && (unreachables.AddOrUpdate(At(w.Forward), 1, (_, n) => n + 1) > RouterBurst || spent.Contains(At(w.Forward)))) > 0;
            if (explanation.Expected.IsEmpty || (!explanation.Expected.Contains(heard) && !(seldom && heard == Answer.Silent)))
                wrong.Enqueue($"VITRINE_SEED={seed}, broken: {town.Broken}\n  {question} ({question.Source.Address} to {question.Destination.Address}): predicted {explanation.Verdict} ({explanation.Deciding.Why}), "
                    + $"expected {string.Join(" or ", explanation.Expected)}, heard {heard} ({told!.Error})\n"
                    + string.Concat(explanation.Forward.Hops.Concat(explanation.Reply?.Hops ?? []).Select(h => $"    {h.Where} {h.Interface}: {h.What} [{h.Entry}]\n")));
        }
    }
}
