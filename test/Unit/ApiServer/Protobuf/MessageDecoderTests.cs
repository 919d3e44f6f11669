using System.Text.Json.Nodes;
using CsCheck;
using Vitrine.ApiServer.Protobuf;
using Vitrine.ApiServer.Schema;
using Xunit;

namespace Vitrine.Unit.ApiServer.Protobuf;

public class MessageDecoderTests
{
    private const string Core = "io.k8s.api.core.v1.";
    private const string Meta = "io.k8s.apimachinery.pkg.apis.meta.v1.";

    [Fact]
    public void Every_type_comes_back_as_it_was_encoded()
    {
        var types = SchemaSet.All.OrderBy(t => t.Name, StringComparer.Ordinal).ToArray();
        Gen.Select(Gen.Int[0, types.Length - 1], Gen.Int).Sample((type, seed) =>
        {
            var made = SampleObjects.Make(types[type], new Random(seed));

            var decoded = Decode(types[type], MessageWriter.Encode(made, types[type]));

            Assert.True(JsonNode.DeepEquals(made, decoded), $"{types[type].Name}:\n{made}\nbecame\n{decoded}");
        }, iter: 3000);
    }

    [Fact]
    public void A_set_pointer_to_zero_is_kept_and_a_zero_that_go_always_writes_is_not()
    {
        // automountServiceAccountToken=4 is a pointer.
        Assert.Equal("""{"automountServiceAccountToken":false}""", Decode("ServiceAccount", w => w.Varint(4, 0)));
        // hostPID=12 is not.
        Assert.Equal("{}", Decode("PodSpec", w => w.Varint(12, 0)));
        Assert.Equal("""{"emptyDir":{}}""", Decode("Volume", w => w.Bytes(2, [0x12, 0])));
        Assert.Equal("""{"name":"c"}""", Decode("Container", w => w.Text(1, "c").Bytes(8, []).Text(2, "")));
    }

    [Fact]
    public void A_time_that_is_not_set_is_absent() =>
        Assert.Equal("{}", Decode(Meta + "ObjectMeta", w => w.Bytes(8, []).Bytes(9, [])));

    [Fact]
    public void The_unix_epoch_is_a_time() =>
        Assert.Equal("""{"deletionTimestamp":"1970-01-01T00:00:00Z"}""", Decode(Meta + "ObjectMeta", w => w.Bytes(9, [8, 0, 16, 0])));

    [Fact]
    public void Packed_and_unpacked_numbers_are_one_list() =>
        Assert.Equal("""{"supplementalGroups":[1,300,7]}""", Decode("PodSecurityContext", w => w.Bytes(4, [1, 0xac, 2]).Varint(4, 7)));

    [Fact]
    public void A_message_sent_twice_is_merged_and_a_scalar_sent_twice_is_the_last() =>
        Assert.Equal(
            """{"metadata":{"namespace":"b","name":"c"}}""",
            Decode("ConfigMap", w => w
                .Bytes(1, new MessageWriter().Text(1, "a").Text(3, "b").ToArray())
                .Bytes(1, new MessageWriter().Text(1, "").Text(1, "c").ToArray())));

    [Fact]
    public void Unknown_numbers_of_every_wire_type_are_skipped()
    {
        var strange = new MessageWriter().Varint(999, 5).Bytes(998, [1, 2, 3]).ToArray();
        // 900 as fixed64, 901 as fixed32, 902 as a group with a group of its own inside.
        byte[] fixedAndGroups = [0xa1, 0x38, 1, 2, 3, 4, 5, 6, 7, 8, 0xad, 0x38, 1, 2, 3, 4, 0xb3, 0x38, 0x0b, 0x08, 1, 0x0c, 0xb4, 0x38];

        var decoded = Decode(SchemaSet.Get(Core + "LocalObjectReference"), [.. strange, .. fixedAndGroups, 0x0a, 1, (byte)'n']);

        Assert.Equal("""{"name":"n"}""", decoded.ToJsonString());
    }

    [Fact]
    public void A_map_entry_without_value_has_the_zero_value() =>
        Assert.Equal("""{"data":{"k":"","":"v"}}""", Decode("ConfigMap", w => w.Bytes(2, [0x0a, 1, (byte)'k']).Bytes(2, [0x12, 1, (byte)'v'])));

    [Fact]
    public void A_list_in_a_map_is_unwrapped_from_its_message()
    {
        var user = new SchemaType("io.k8s.api.authentication.v1.UserInfo", new Dictionary<string, SchemaField>
        {
            ["extra"] = new("extra", FieldShape.Parse("{}[]string"), Required: false, "", ""),
        });
        var entry = new MessageWriter().Text(1, "scopes").Bytes(2, new MessageWriter().Text(1, "a").Text(1, "b").ToArray());

        Assert.Equal("""{"extra":{"scopes":["a","b"]}}""", Decode(user, new MessageWriter().Bytes(4, entry.ToArray()).ToArray()).ToJsonString());
    }

    [Theory]
    [InlineData("a length past the end", new byte[] { 0x0a, 5, 1 }, "unexpected EOF")]
    [InlineData("a varint without end", new byte[] { 0x80 }, "unexpected EOF")]
    [InlineData("a varint of eleven bytes", new byte[] { 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1 }, "integer overflow")]
    [InlineData("a length beyond 2 GiB", new byte[] { 0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1 }, "negative length")]
    [InlineData("field number zero", new byte[] { 0x02, 0 }, "illegal tag 0")]
    [InlineData("wire type seven", new byte[] { 0x0f }, "illegal tag 1")]
    [InlineData("a group that never started", new byte[] { 0x0c }, "unexpected end of group")]
    [InlineData("a number where text belongs", new byte[] { 0x08, 1 }, "wrong wireType = 0 for field name")]
    [InlineData("text that is not UTF-8", new byte[] { 0x0a, 1, 0xff }, "field name contains invalid UTF-8")]
    public void Malformed_messages_are_refused_with_the_reason(string what, byte[] message, string why)
    {
        var fault = Assert.Throws<FormatException>(() => Decode(SchemaSet.Get(Core + "LocalObjectReference"), message));

        Assert.True(fault.Message.Contains(why, StringComparison.Ordinal), $"{what}: {fault.Message}");
    }

    [Fact]
    public void Messages_deeper_than_the_bound_are_refused()
    {
        var into = new JsonObject();
        var pod = SchemaSet.Get(Core + "Pod");
        byte[] nested = [0x0a, 2, 0x0a, 0];

        MessageDecoder.Decode(nested, pod, into, depth: 63);
        var fault = Assert.Throws<FormatException>(() => MessageDecoder.Decode(nested, pod, into, depth: 64));

        Assert.Contains("max depth of 64", fault.Message, StringComparison.Ordinal);
    }

    private static JsonObject Decode(SchemaType type, byte[] message)
    {
        var into = new JsonObject();
        MessageDecoder.Decode(message, type, into);
        return into;
    }

    private static string Decode(string type, Func<MessageWriter, MessageWriter> write) => Decode(
        SchemaSet.Get(type.Contains('.', StringComparison.Ordinal) ? type : Core + type),
        write(new MessageWriter()).ToArray()).ToJsonString();
}
