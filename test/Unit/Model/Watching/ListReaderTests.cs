using System.Text;
using System.Text.Json;
using CsCheck;
using Vitrine.Model.Snapshot;
using Vitrine.Model.Watching;
using Xunit;

namespace Vitrine.Unit.Model.Watching;

public sealed class ListReaderTests
{
    private const string Whole =
        """{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"7","continue":"more","remainingItemCount":3},"items":[{"name":"a","deep":{"items":[1,{"metadata":{"resourceVersion":"9"}}]}},{"name":"bé\"]}"}],"after":[[]]}""";

    [Fact]
    public void However_it_is_cut_it_reads_the_same() =>
        Gen.Int[1, 40].Array[1, 60].Sample(pieces =>
        {
            var (items, reader) = Read(Encoding.UTF8.GetBytes(Whole), pieces);
            return items.SequenceEqual(["a", "bé\"]}"]) && reader is { Version: "7", Continue: "more" };
        });

    [Theory]
    [InlineData("""{"items":[],"metadata":{"resourceVersion":"1"}}""")]
    [InlineData("""{"items":null,"metadata":{"resourceVersion":"1"}}""")]
    public void An_empty_list_is_one(string text)
    {
        var (items, reader) = Read(Encoding.UTF8.GetBytes(text), [1]);
        Assert.Empty(items);
        Assert.Equal(("1", ""), (reader.Version, reader.Continue));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"items":[]}""")]
    [InlineData("""{"metadata":{"resourceVersion":"1"}}""")]
    [InlineData("""{"metadata":{"resourceVersion":"1"},"items":[{"name":"a"}""")]
    [InlineData("""{"metadata":{"resourceVersion":"1"},"items":[{"name":"a"},]}""")]
    [InlineData("""[{"metadata":{"resourceVersion":"1"},"items":[]}]""")]
    [InlineData("""{"metadata":{"resourceVersion":"1"},"items":{}}""")]
    [InlineData("""{"metadata":{"resourceVersion":1},"items":[]}""")]
    [InlineData("<html>502</html>")]
    public void What_is_no_list_or_not_whole_is_an_error_and_never_an_empty_cluster(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Assert.ThrowsAny<JsonException>(() => Read(bytes, [3]));
        Assert.ThrowsAny<JsonException>(() => Read(bytes, [4096]));
    }

    [Fact]
    public void No_byte_changed_makes_it_fail_otherwise_than_by_a_JsonException() =>
        Gen.Select(Gen.Int[0, Encoding.UTF8.GetByteCount(Whole) - 1], Gen.Byte, Gen.Int[1, 50]).Sample((at, value, piece) =>
        {
            var bytes = Encoding.UTF8.GetBytes(Whole);
            bytes[at] = value;
            try
            {
                Read(bytes, [piece]);
            }
            catch (JsonException)
            {
            }
            return true;
        });

    private static (List<string> Items, ListReader<string> Reader) Read(byte[] bytes, int[] pieces)
    {
        var items = new List<string>();
        var reader = new ListReader<string>(e => e.Text("name"), items);
        reader.ReadAsync(new Trickle(bytes, pieces), CancellationToken.None).GetAwaiter().GetResult();
        return (items, reader);
    }

    /// <summary>Gives as many bytes at once as it is told, in turn.</summary>
    private sealed class Trickle(byte[] bytes, int[] pieces) : MemoryStream(bytes)
    {
        private int turn;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, pieces[turn++ % pieces.Length])], cancellationToken);
    }
}
