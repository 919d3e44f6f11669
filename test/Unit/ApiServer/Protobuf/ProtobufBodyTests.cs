using CsCheck;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Protobuf;
using Vitrine.ApiServer.Schema;
using Xunit;

namespace Vitrine.Unit.ApiServer.Protobuf;

public class ProtobufBodyTests
{
    // Definitions of custom resources are taken as JSON only.
    private static readonly Kind[] Numbered = [.. KindList.All.Where(static kind => kind.Group != ApiExtensionsKinds.Group)];
    private static readonly Gen<Kind> Kinds = Gen.Int[0, Numbered.Length - 1].Select(i => Numbered[i]);

    [Fact]
    public void A_body_without_the_magic_is_named_as_such()
    {
        var fault = Assert.Throws<ApiException>(() => Decode(CoreKinds.ConfigMap, "{}"u8.ToArray()));

        Assert.Equal(400, fault.Code);
        Assert.Equal("the object provided is unrecognized (must be of type ConfigMap): provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]", fault.Message);
    }

    [Fact]
    public void Another_kind_than_the_paths_is_refused_by_its_name()
    {
        var fault = Assert.Throws<ApiException>(() => Decode(CoreKinds.ConfigMap, RecordedBodies.Sent("secret-1.33")));

        Assert.Equal(400, fault.Code);
        Assert.StartsWith("Secret in version \"v1\" cannot be handled as a ConfigMap", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_encoded_content_is_refused()
    {
        byte[] body = [.. "k8s\0"u8, .. new MessageWriter().Text(3, "gzip").ToArray()];

        var fault = Assert.Throws<ApiException>(() => Decode(CoreKinds.ConfigMap, body));

        Assert.Contains("content encoding gzip is not supported", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_envelope_without_type_is_the_paths_kind() =>
        Assert.Equal("""{"apiVersion":"v1","kind":"Secret"}""", Decode(CoreKinds.Secret, "k8s\0"u8.ToArray()).ToJsonString());

    [Fact]
    public void Random_bytes_are_decoded_or_refused() =>
        Gen.Select(Kinds, Gen.Byte.Array[0, 200]).Sample((kind, bytes) =>
            DecodedOrRefused(kind, MessageWriter.Envelope(kind.ApiVersion, kind.Name, bytes)), iter: 20000);

    [Fact]
    public void Mutated_messages_are_decoded_or_refused()
    {
        var mutation = Gen.Select(Gen.Int[0, int.MaxValue], Gen.Byte, Gen.Int[0, 3]);
        Gen.Select(Kinds, Gen.Int, mutation.Array[1, 6]).Sample((kind, seed, mutations) =>
        {
            var type = SchemaSet.Get(kind.Schema);
            var body = MessageWriter.Envelope(kind.ApiVersion, kind.Name, MessageWriter.Encode(SampleObjects.Make(type, new Random(seed)), type)).ToList();
            foreach (var (place, value, how) in mutations)
            {
                // The magic stays: what is behind it is under test.
                var at = 4 + (place % (body.Count - 4));
                switch (how)
                {
                    case 0 or 1:
                        body[at] = value;
                        break;
                    case 2:
                        body.Insert(at, value);
                        break;
                    default:
                        body.RemoveRange(at, Math.Min(value % 8, body.Count - at - 1));
                        break;
                }
            }
            DecodedOrRefused(kind, [.. body]);
        }, iter: 5000);
    }

    private static void DecodedOrRefused(Kind kind, byte[] body)
    {
        try
        {
            Decode(kind, body);
        }
        catch (ApiException refused)
        {
            Assert.Equal(400, refused.Code);
            Assert.Equal("BadRequest", refused.Reason);
        }
    }

    private static System.Text.Json.Nodes.JsonObject Decode(Kind kind, byte[] body) =>
        ObjectDecoder.Decode(body, ProtobufBody.MediaType, kind, FieldValidation.Strict, []);
}
