using Microsoft.AspNetCore.Http;
using Vitrine.ApiServer.Admission;
using Vitrine.ApiServer.Audit;
using Vitrine.ApiServer.Auth;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.ManagedFields;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Store;
using Vitrine.ApiServer.Verbs;

namespace Vitrine.ApiServer.Http;

/// <summary>One request for a resource, routed but not yet read.</summary>
internal sealed record ApiRequest(ApiContext Api, HttpContext Http, Kind Kind, RequestPath Path, ClientUser User)
{
    public ObjectStore Store => Api.Store;

    /// <summary>"" for cluster-scoped kinds: the store's namespace part of the key.</summary>
    public string Namespace => Path.Namespace ?? "";

    /// <summary>The object's name; a 404 would have been answered before for paths without one.</summary>
    public string Name => Path.Name ?? "";

    /// <summary>What admission may see of it, and of the cluster as it is now.</summary>
    public AdmissionRequest Admission => new(Kind, Namespace, Api.Kinds, Store.Tree)
    {
        User = User, Access = Api.Access, Services = Api.Services, DefaultTolerationSeconds = Api.DefaultTolerationSeconds, Now = Api.Time.GetUtcNow(), Warn = Warnings.Add, Note = Note,
    };

    public CancellationToken Aborted => Http.RequestAborted;

    /// <summary>Warnings to send with the answer (RFC 7234 Warning headers, KEP-1693).</summary>
    public List<string> Warnings { get; } = [];

    /// <summary>Now, as objects have it.</summary>
    public string Timestamp => ObjectMeta.Timestamp(Api.Time.GetUtcNow());

    /// <summary>Whose the fields are that it writes other than by apply. Throws a 422 for a name that cannot be.</summary>
    public FieldManager Manager => new(FieldManagerName.Of(this), false, Kind.ApiVersion, Path.Subresource ?? "");

    public bool DryRun
    {
        get
        {
            string value = Query("dryRun") ?? "";
            return value switch
            {
                "" => false,
                "All" => true,
                _ => throw new ApiException(422, "Invalid", $"{Kind.Name} \"\" is invalid: dryRun: Unsupported value: \"{value}\": supported values: \"All\""),
            };
        }
    }

    public FieldValidation Validation => Query("fieldValidation") switch
    {
        null or "" or "Warn" => FieldValidation.Warn,
        "Ignore" => FieldValidation.Ignore,
        "Strict" => FieldValidation.Strict,
        string other => throw ApiErrors.BadRequest($"fieldValidation: Unsupported value: \"{other}\": supported values: \"Ignore\", \"Strict\", \"Warn\""),
    };

    /// <summary>A query parameter; null when absent.</summary>
    public string? Query(string name) => Http.Request.QueryString.HasValue && Http.Request.Query.TryGetValue(name, out var values) ? values[0] : null;

    public bool Flag(string name) => QueryFlag.IsOn(Query(name));

    /// <summary>A non-negative number; throws a 400 for anything else.</summary>
    public long? Number(string name) => Query(name) switch
    {
        null or "" => null,
        string text when long.TryParse(text, out long value) => value,
        string text => throw ApiErrors.BadRequest($"strconv.ParseInt: parsing \"{text}\": invalid syntax of query parameter {name}"),
    };

    private void Note(string name, string value)
    {
        if (AuditRecord.Of(Http) is { } record)
        {
            record.Notes[name] = value;
        }
    }
}
