using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.OpenApi;

/// <summary>
/// The version 2 document in the protobuf form older kubectl reads before it applies or explains. The numbers are the
/// fields of openapi.v2.Document in gnostic's openapiv2/OpenAPIv2.proto.
/// </summary>
internal static class ProtobufDocument
{
    private static readonly (string Method, int Field)[] Methods = [("get", 2), ("put", 3), ("post", 4), ("delete", 5), ("patch", 8)];

    public static byte[] Write(JsonObject swagger)
    {
        var document = new ProtobufWriter();
        document.Text(1, swagger.Text("swagger"));
        document.Message(2, info =>
        {
            info.Text(1, swagger.TextAt("info.title"));
            info.Text(2, swagger.TextAt("info.version"));
        });
        document.Message(8, paths => Named(paths, 2, swagger.Object("paths")!, Path));
        document.Message(9, definitions => Named(definitions, 1, swagger.Object("definitions")!, Schema));
        return document.ToArray();
    }

    /// <summary>A map, as gnostic has them: repeated messages of a name and a value.</summary>
    private static void Named(ProtobufWriter to, int field, JsonObject map, Action<ProtobufWriter, JsonObject> value)
    {
        foreach (var (name, node) in map)
        {
            to.Message(field, entry =>
            {
                entry.Text(1, name);
                entry.Message(2, inner => value(inner, node!.AsObject()));
            });
        }
    }

    private static void Path(ProtobufWriter to, JsonObject path)
    {
        foreach (var (method, field) in Methods)
        {
            if (path.Object(method) is { } operation)
            {
                to.Message(field, inner => Operation(inner, operation));
            }
        }
        Parameters(to, 9, path);
    }

    private static void Operation(ProtobufWriter to, JsonObject operation)
    {
        Strings(to, 1, operation.Array("tags"));
        to.Text(5, operation.Text("operationId"));
        Strings(to, 6, operation.Array("produces"));
        Strings(to, 7, operation.Array("consumes"));
        Parameters(to, 8, operation);
        to.Message(9, responses => Named(responses, 1, operation.Object("responses")!, static (value, response) => value.Message(1, inner =>
        {
            inner.Text(1, response.Text("description"));
            if (response.Object("schema") is { } schema)
            {
                inner.Message(2, item => item.Message(1, s => Schema(s, schema)));
            }
        })));
        Strings(to, 10, operation.Array("schemes"));
        Extensions(to, 13, operation);
    }

    private static void Parameters(ProtobufWriter to, int field, JsonObject owner)
    {
        foreach (var parameter in owner.Objects("parameters"))
        {
            to.Message(field, item => item.Message(1, one =>
            {
                if (parameter.Text("in") == "body")
                {
                    one.Message(1, body =>
                    {
                        body.Text(2, parameter.Text("name"));
                        body.Text(3, "body");
                        body.Flag(4, parameter.Flag("required"));
                        body.Message(5, s => Schema(s, parameter.Object("schema")!));
                    });
                    return;
                }
                var inPath = parameter.Text("in") == "path";
                one.Message(2, other => other.Message(inPath ? 4 : 3, sub =>
                {
                    sub.Flag(1, parameter.Flag("required"));
                    sub.Text(2, parameter.Text("in"));
                    sub.Text(4, parameter.Text("name"));
                    sub.Text(inPath ? 5 : 6, parameter.Text("type"));
                }));
            }));
        }
    }

    private static void Schema(ProtobufWriter to, JsonObject schema)
    {
        to.Text(1, schema.Text("$ref"));
        to.Text(2, schema.Text("format"));
        to.Text(4, schema.Text("description"));
        Strings(to, 19, schema.Array("required"));
        if (schema.Object("additionalProperties") is { } values)
        {
            to.Message(21, item => item.Message(1, s => Schema(s, values)));
        }
        if (schema.Text("type") is { Length: > 0 } type)
        {
            to.Message(22, item => item.Text(1, type));
        }
        if (schema.Object("items") is { } items)
        {
            to.Message(23, item => item.Message(1, s => Schema(s, items)));
        }
        if (schema.Object("properties") is { } properties)
        {
            to.Message(25, p => Named(p, 1, properties, Schema));
        }
        Extensions(to, 31, schema);
    }

    /// <summary>Extensions travel as YAML text, of which JSON is a part.</summary>
    private static void Extensions(ProtobufWriter to, int field, JsonObject owner)
    {
        foreach (var (name, value) in owner)
        {
            if (name.StartsWith("x-", StringComparison.Ordinal))
            {
                to.Message(field, entry =>
                {
                    entry.Text(1, name);
                    entry.Message(2, any => any.Text(2, value!.ToJsonString()));
                });
            }
        }
    }

    private static void Strings(ProtobufWriter to, int field, JsonArray? texts)
    {
        foreach (var text in texts ?? [])
        {
            to.Text(field, text.AsText());
        }
    }
}
