using System.Text.Json.Nodes;
using Vitrine.ApiServer.Kinds;

namespace Vitrine.ApiServer.OpenApi;

/// <summary>
/// Paths and operations of the kinds. kubectl reads three things here: which kind a path serves (explain), which query
/// parameters a patch takes (dryRun, fieldValidation), and which patch types.
/// </summary>
internal sealed class PathBuilder(Dialect dialect, DefinitionBuilder definitions)
{
    private static readonly string[] PatchTypes =
        ["application/json-patch+json", "application/merge-patch+json", "application/strategic-merge-patch+json", "application/apply-patch+yaml"];

    private static readonly string[] WriteQuery = ["dryRun", "fieldManager", "fieldValidation"];
    private static readonly string[] PatchQuery = [.. WriteQuery, "force"];
    private static readonly string[] ListQuery =
        ["allowWatchBookmarks", "continue", "fieldSelector", "labelSelector", "limit", "resourceVersion", "resourceVersionMatch", "sendInitialEvents", "timeoutSeconds", "watch"];
    private static readonly string[] DeleteQuery = ["dryRun", "gracePeriodSeconds", "orphanDependents", "propagationPolicy"];

    public void Add(JsonObject paths, Kind kind)
    {
        var root = kind.Group.Length == 0 ? $"/api/{kind.Version}" : $"/apis/{kind.Group}/{kind.Version}";
        var collection = kind.Namespaced ? $"{root}/namespaces/{{namespace}}/{kind.Plural}" : $"{root}/{kind.Plural}";
        var item = collection + "/{name}";
        if (kind.Namespaced && kind.Review is null)
        {
            paths[$"{root}/{kind.Plural}"] = Path([], ("get", List(kind, "ForAllNamespaces")));
        }
        if (kind.Review is not null)
        {
            paths[collection] = Path([], ("post", Write(kind, "post", kind.Schema)));
            return;
        }
        string[] inNamespace = kind.Namespaced ? ["namespace"] : [];
        paths[collection] = Path(inNamespace,
            ("get", List(kind, "")),
            ("post", Write(kind, "post", kind.Schema)),
            ("delete", kind.Verbs.Contains("deletecollection") ? Delete(kind, "deletecollection") : null));
        paths[item] = Path([.. inNamespace, "name"],
            ("get", Operation(kind, "get", [], kind.Schema)),
            ("put", Write(kind, "put", kind.Schema)),
            ("patch", Patch(kind)),
            ("delete", Delete(kind, "delete")));
        foreach (var part in kind.Subresources.Where(static part => part is "status" or "approval"))
        {
            paths[$"{item}/{part}"] = Path([.. inNamespace, "name"],
                ("get", Operation(kind, "get", [], kind.Schema)),
                ("put", Write(kind, "put", kind.Schema)),
                ("patch", Patch(kind)));
        }
    }

    private JsonObject Path(string[] parameters, params (string Method, JsonObject? Operation)[] operations)
    {
        var path = new JsonObject();
        foreach (var (method, operation) in operations)
        {
            if (operation is not null)
            {
                path[method] = operation;
            }
        }
        path["parameters"] = new JsonArray([.. parameters.Select(p => Parameter(p, "path")), Parameter("pretty", "query")]);
        return path;
    }

    private JsonObject List(Kind kind, string suffix) => Operation(kind, "list", ListQuery, kind.Schema + "List", suffix);

    private JsonObject Write(Kind kind, string action, string body)
    {
        var operation = Operation(kind, action, WriteQuery, kind.Schema);
        return WithBody(operation, ["application/json", "application/yaml"], definitions.Reference(body));
    }

    private JsonObject Patch(Kind kind)
    {
        var operation = Operation(kind, "patch", PatchQuery, kind.Schema);
        return WithBody(operation, kind.Custom is null ? PatchTypes : [.. PatchTypes.Where(static type => !type.Contains("strategic", StringComparison.Ordinal))], new JsonObject { ["type"] = "object" });
    }

    private JsonObject Delete(Kind kind, string action)
    {
        var operation = Operation(kind, action, DeleteQuery, DefinitionBuilder.Status);
        return WithBody(operation, ["application/json"], definitions.Reference(DefinitionBuilder.DeleteOptions), required: false);
    }

    private JsonObject Operation(Kind kind, string action, string[] query, string answer, string suffix = "")
    {
        var response = new JsonObject { ["description"] = "OK" };
        var schema = definitions.Reference(answer);
        if (dialect == Dialect.OpenApi3)
        {
            response["content"] = new JsonObject { ["application/json"] = new JsonObject { ["schema"] = schema } };
        }
        else
        {
            response["schema"] = schema;
        }
        var operation = new JsonObject
        {
            ["tags"] = new JsonArray(Tag(kind)),
            ["operationId"] = $"{action}{Camel(Tag(kind))}{(kind.Namespaced ? "Namespaced" : "")}{kind.Name}{suffix}",
            ["parameters"] = new JsonArray([.. query.Select(q => Parameter(q, "query"))]),
            ["responses"] = new JsonObject { ["200"] = response, ["401"] = new JsonObject { ["description"] = "Unauthorized" } },
            ["x-kubernetes-action"] = action,
            ["x-kubernetes-group-version-kind"] = DefinitionBuilder.GroupVersionKind(kind, kind.Name),
        };
        if (dialect == Dialect.Swagger2)
        {
            operation["produces"] = new JsonArray("application/json");
            operation["schemes"] = new JsonArray("https");
        }
        return operation;
    }

    private JsonObject WithBody(JsonObject operation, string[] types, JsonObject schema, bool required = true)
    {
        if (dialect == Dialect.Swagger2)
        {
            operation["consumes"] = new JsonArray([.. types.Select(t => (JsonNode)t)]);
            operation["parameters"]!.AsArray().Insert(0, new JsonObject { ["in"] = "body", ["name"] = "body", ["required"] = required, ["schema"] = schema });
            return operation;
        }
        var content = new JsonObject();
        foreach (var type in types)
        {
            content[type] = new JsonObject { ["schema"] = schema.DeepClone() };
        }
        operation["requestBody"] = new JsonObject { ["required"] = required, ["content"] = content };
        return operation;
    }

    private JsonObject Parameter(string name, string place)
    {
        var type = name switch
        {
            "allowWatchBookmarks" or "sendInitialEvents" or "watch" or "orphanDependents" or "force" => "boolean",
            "limit" or "timeoutSeconds" or "gracePeriodSeconds" => "integer",
            _ => "string",
        };
        var parameter = new JsonObject { ["name"] = name, ["in"] = place };
        if (place == "path")
        {
            parameter["required"] = true;
        }
        if (dialect == Dialect.OpenApi3)
        {
            parameter["schema"] = new JsonObject { ["type"] = type, ["uniqueItems"] = true };
        }
        else
        {
            parameter["type"] = type;
            parameter["uniqueItems"] = true;
        }
        return parameter;
    }

    private static string Tag(Kind kind) => $"{(kind.Group.Length == 0 ? "core" : kind.Group.Split('.')[0])}_{kind.Version}";

    private static string Camel(string tag) => string.Concat(tag.Split('_').Select(p => char.ToUpperInvariant(p[0]) + p[1..]));
}
