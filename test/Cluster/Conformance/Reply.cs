using System.Net;
using System.Text.Json.Nodes;
using Xunit;

namespace Vitrine.Cluster.Conformance;

/// <summary>An answer of the API server.</summary>
internal sealed record Reply(HttpStatusCode Status, JsonObject Body)
{
    public IReadOnlyList<string> Warnings { get; init; } = [];

    public TimeSpan? RetryAfter { get; init; }

    public int Code => (int)Status;

    public JsonNode Metadata => Body["metadata"]!;

    public string Version => (string)Metadata["resourceVersion"]!;

    public string Message => (string?)Body["message"] ?? "";

    /// <summary>The body, which must have come with this code.</summary>
    public JsonObject Must(int code)
    {
        Assert.True(Code == code, $"{Code} is not {code}: {Body.ToJsonString()}");
        return Body;
    }

    /// <summary>A v1 Status with this code and reason.</summary>
    public Reply Fails(int code, string reason)
    {
        Must(code);
        Assert.Equal(("Status", "v1", "Failure", reason, code), ((string?)Body["kind"], (string?)Body["apiVersion"], (string?)Body["status"], (string?)Body["reason"], (int)Body["code"]!));
        return this;
    }

    /// <summary>The fields that a 422 names, each with its reason.</summary>
    public IEnumerable<string> Causes => Body["details"]?["causes"]?.AsArray().Select(static cause => $"{cause!["field"]} {cause["reason"]}") ?? [];

    public IEnumerable<string> Names => Body["items"]!.AsArray().Select(static item => (string)item!["metadata"]!["name"]!);
}
