using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Schema;

namespace Vitrine.ApiServer.Protobuf;

/// <summary>
/// A request's body in Kubernetes' protobuf encoding: <c>k8s\0</c>, then runtime.Unknown {typeMeta=1 {apiVersion=1,
/// kind=2}, raw=2, contentEncoding=3, contentType=4} (k8s.io/apimachinery/pkg/runtime/serializer/protobuf). kubectl's
/// create commands and client-go's typed clients send it; they all take JSON in return.
/// </summary>
internal static class ProtobufBody
{
    public const string MediaType = "application/vnd.kubernetes.protobuf";

    private static ReadOnlySpan<byte> Magic => "k8s\0"u8;

    /// <summary>
    /// The object with the apiVersion and kind of its envelope, and with nothing else when that kind is not
    /// <paramref name="kind"/>: numbers mean something else there. Throws <see cref="ApiException"/> 400.
    /// </summary>
    /// <param name="body">The whole body.</param>
    /// <param name="schema">Full name of the type to read, e.g. io.k8s.api.core.v1.Pod.</param>
    /// <param name="kind">Its kind.</param>
    public static JsonObject Decode(ReadOnlySpan<byte> body, string schema, string kind)
    {
        if (!body.StartsWith(Magic))
        {
            throw Unrecognized(kind, "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]");
        }
        try
        {
            return Envelope(body[Magic.Length..], schema, kind);
        }
        catch (FormatException e)
        {
            throw Unrecognized(kind, e.Message);
        }
    }

    private static JsonObject Envelope(ReadOnlySpan<byte> unknown, string schema, string kind)
    {
        var made = new JsonObject();
        var raw = ReadOnlySpan<byte>.Empty;
        var encoding = "";
        var reader = new WireReader(unknown);
        while (reader.TryTag(out var number, out var wire))
        {
            if (number is not (1 or 2 or 3))
            {
                reader.Skip(wire);
                continue;
            }
            MessageDecoder.Expect(wire, WireType.Bytes, number == 1 ? "typeMeta" : number == 2 ? "raw" : "contentEncoding");
            switch (number)
            {
                case 1:
                    ReadType(reader.Bytes(), made);
                    break;
                case 2:
                    raw = reader.Bytes();
                    break;
                default:
                    encoding = Scalar.Text(reader.Bytes(), "contentEncoding");
                    break;
            }
        }
        if (encoding.Length > 0)
        {
            throw new FormatException($"content encoding {encoding} is not supported inside a protobuf envelope: send the object unencoded");
        }
        if (made["kind"] is null || made["kind"]!.GetValue<string>() == kind)
        {
            MessageDecoder.Decode(raw, SchemaSet.Get(schema), made);
        }
        return made;
    }

    private static void ReadType(ReadOnlySpan<byte> typeMeta, JsonObject into)
    {
        var reader = new WireReader(typeMeta);
        while (reader.TryTag(out var number, out var wire))
        {
            if (number is not (1 or 2))
            {
                reader.Skip(wire);
                continue;
            }
            var name = number == 1 ? "apiVersion" : "kind";
            MessageDecoder.Expect(wire, WireType.Bytes, name);
            if (Scalar.Text(reader.Bytes(), name) is { Length: > 0 } text)
            {
                into[name] = text;
            }
        }
    }

    private static ApiException Unrecognized(string kind, string why) =>
        ApiErrors.BadRequest($"the object provided is unrecognized (must be of type {kind}): {why}");
}
