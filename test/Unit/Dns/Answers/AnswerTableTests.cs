using CsCheck;
using Vitrine.Dns.Answers;
using Vitrine.Dns.Wire;
using Xunit;

namespace Vitrine.Unit.Dns.Answers;

public sealed class AnswerTableTests
{
    [Fact]
    public void It_holds_what_a_dictionary_would() => Gen.Select(Gen.Bool, Gen.Int[0, 300]).Array[0, 2000].Sample(steps =>
    {
        var table = new AnswerTable();
        var model = new Dictionary<int, byte[]>();
        foreach (var (add, number) in steps)
        {
            var name = WireName.Parse($"n{number}.example")!;
            if (add)
                table.Set(model[number] = EntryWriter.Write(name, [], _ => []));
            else
            {
                model.Remove(number);
                table.Remove(name);
            }
        }
        Assert.Equal(model.Count, table.Count);
        for (var number = 0; number <= 300; number++)
            Assert.Same(model.GetValueOrDefault(number), table.Find(WireName.Parse($"n{number}.example")!));
    }, iter: 50);

    [Fact]
    public async Task Readers_beside_the_writer_find_what_stays_and_never_something_else()
    {
        var table = new AnswerTable();
        var stays = WireName.Parse("stays.example")!;
        table.Set(EntryWriter.Write(stays, [], _ => []));
        var stop = false;
        var reader = Task.Run(() =>
        {
            while (!Volatile.Read(ref stop))
                Assert.Equal(stays, new NameEntry(table.Find(stays)!).Name.ToArray());
        });
        for (var i = 0; i < 20000; i++)
        {
            table.Set(EntryWriter.Write(WireName.Parse($"n{i % 500}.example")!, [], _ => []));
            table.Remove(WireName.Parse($"n{(i + 250) % 500}.example")!);
        }
        Volatile.Write(ref stop, true);
        await reader;
    }
}
