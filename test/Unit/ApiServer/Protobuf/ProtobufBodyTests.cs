using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Protobuf;
using Xunit;

namespace Vitrine.Unit.ApiServer.Protobuf;

public sealed class ProtobufBodyTests
{
    [Fact]
    public void A_config_map_reads_as_its_JSON()
    {
        // As kubectl create configmap writes it: unset Go strings are there, empty; so is the zero creationTimestamp.
        byte[] metadata = [.. Field(1, "cm"u8), .. Field(2, ""u8), .. Field(3, ""u8), .. Field(8, ""u8), .. Field(11, [.. Field(1, "k"u8), .. Field(2, "v"u8)])];
        byte[] map = [.. Field(1, metadata), .. Field(2, [.. Field(1, "a"u8), .. Field(2, "b"u8)]), .. Field(3, [.. Field(1, "x"u8), .. Field(2, [0xFF, 0])])];
        JsonNode value = JsonNode.Parse(ProtobufBody.ToJson(Envelope("v1", "ConfigMap", map)).Span)!;
        JsonNode want = JsonNode.Parse("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"cm","labels":{"k":"v"}},"data":{"a":"b"},"binaryData":{"x":"/wA="}}""")!;
        Assert.Equal(want.ToJsonString(), value.ToJsonString());
    }

    [Fact]
    public void Times_and_numbers_are_read()
    {
        byte[] spec = [.. Field(1, "me"u8), 0x10, 40, .. Field(4, [0x08, .. Varint(1_700_000_000), 0x10, .. Varint(123_456_000)])];
        JsonNode value = JsonNode.Parse(ProtobufBody.ToJson(Envelope("coordination.k8s.io/v1", "Lease", [.. Field(1, Field(1, "l"u8)), .. Field(2, spec)])).Span)!;
        Assert.Equal("2023-11-14T22:13:20.123456Z", (string?)value["spec"]!["renewTime"]);
        Assert.Equal(40, (int)value["spec"]!["leaseDurationSeconds"]!);
    }

    [Fact]
    public void A_kind_outside_the_table_is_415() =>
        Assert.Equal(415, Assert.Throws<ApiException>(() => ProtobufBody.ToJson(Envelope("v1", "Pod", []))).Code);

    [Fact]
    public void No_bytes_make_it_throw_anything_but_a_refusal() =>
        Gen.Byte.Array[0, 60].Sample(static bytes =>
        {
            foreach (byte[] body in (byte[][])[bytes, [.. "k8s\0"u8, .. bytes], Envelope("v1", "Secret", bytes)])
            {
                try
                {
                    ProtobufBody.ToJson(body);
                }
                catch (ApiException refusal)
                {
                    Assert.InRange(refusal.Code, 400, 415);
                }
            }
        });

    private static byte[] Envelope(string apiVersion, string kind, byte[] raw) =>
        [.. "k8s\0"u8, .. Field(1, [.. Field(1, Encoding.UTF8.GetBytes(apiVersion)), .. Field(2, Encoding.UTF8.GetBytes(kind))]), .. Field(2, raw), .. Field(3, ""u8), .. Field(4, ""u8)];

    private static byte[] Field(int number, ReadOnlySpan<byte> bytes) => [(byte)((number << 3) | 2), .. Varint((ulong)bytes.Length), .. bytes];

    private static byte[] Varint(ulong value)
    {
        List<byte> bytes = [];
        for (; value > 0x7F; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        return [.. bytes, (byte)value];
    }
}
