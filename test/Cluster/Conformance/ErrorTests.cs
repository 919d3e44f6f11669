using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace Vitrine.Cluster.Conformance;

/// <summary>What cannot be is answered by a Status that says why; nothing malformed becomes a 500.</summary>
public sealed class ErrorTests(SharedCluster cluster) : IDisposable
{
    private const string Maps = "api/v1/namespaces/default/configmaps";
    private readonly Api api = new(cluster);

    public void Dispose() => api.Dispose();

    [Theory]
    [InlineData("""{"metadata":{"name":"UPPER"}}""", 422, "Invalid")]
    [InlineData("""{"metadata":{"name":"a/b"}}""", 422, "Invalid")]
    [InlineData("""{"metadata":{"name":".."}}""", 422, "Invalid")]
    [InlineData("""{"metadata":{"name":"nul\u0000"}}""", 422, "Invalid")]
    [InlineData("""{"metadata":{"name":"ü"}}""", 422, "Invalid")]
    [InlineData("""{"metadata":{}}""", 422, "Invalid")]
    [InlineData("""{"metadata":{"name":"x","labels":{"a b":"c"}}}""", 422, "Invalid")]
    [InlineData("""{"metadata":{"name":"x","annotations":{"-":"c"}}}""", 422, "Invalid")]
    [InlineData("""{"metadata":{"name":"x","namespace":"other"}}""", 400, "BadRequest")]
    [InlineData("""{"metadata":{"name":"x","resourceVersion":"5"}}""", 400, "BadRequest")]
    [InlineData("""{"metadata":{"name":"x","finalizers":["nonsense nonsense"]}}""", 422, "Invalid")]
    [InlineData("""{"metadata":{"name":"x","ownerReferences":[{"kind":"Pod"}]}}""", 422, "Invalid")]
    [InlineData("""{"kind":"Secret","metadata":{"name":"x"}}""", 400, "BadRequest")]
    [InlineData("""{"apiVersion":"v2","metadata":{"name":"x"}}""", 400, "BadRequest")]
    [InlineData("""{"metadata":"x"}""", 400, "BadRequest")]
    [InlineData("""[]""", 400, "BadRequest")]
    [InlineData("""{""", 400, "BadRequest")]
    [InlineData("", 400, "BadRequest")]
    [InlineData("""{"metadata":{"name":"x"},"data":{"a":1}}""", 400, "BadRequest")]
    [InlineData("""{"metadata":{"name":"x"},"data":{"a/b":"1"}}""", 422, "Invalid")]
    public async Task What_is_no_object_is_refused(string body, int code, string reason) => (await api.PostAsync(Maps, body)).Fails(code, reason);

    [Fact]
    public async Task Each_invalid_field_is_a_cause()
    {
        var reply = (await api.PostAsync("api/v1/namespaces/default/services", """{"metadata":{"name":"s"},"spec":{"type":"Odd","sessionAffinity":"None","ports":[{"port":0},{"name":"b","port":70000}]}}""")).Fails(422, "Invalid");
        Assert.Contains("spec.type FieldValueNotSupported", reply.Causes);
        Assert.Contains("spec.ports[0].name FieldValueRequired", reply.Causes);
        Assert.Contains("spec.ports[0].port FieldValueInvalid", reply.Causes);
        Assert.Contains("spec.ports[1].port FieldValueInvalid", reply.Causes);
        Assert.Equal(("Service", "s"), ((string?)reply.Body["details"]!["kind"], (string?)reply.Body["details"]!["name"]));
    }

    [Fact]
    public async Task Bodies_are_bounded_in_size_and_depth()
    {
        var large = new StringBuilder("{\"metadata\":{\"name\":\"large\"},\"data\":{\"a\":\"").Append('x', 4 << 20).Append("\"}}");
        (await api.PostAsync(Maps, large.ToString())).Must(413);
        // What fits the request but no ConfigMap.
        var two = "{\"metadata\":{\"name\":\"large\"},\"data\":{\"a\":\"" + new string('x', 1_100_000) + "\"}}";
        (await api.PostAsync(Maps, two)).Fails(422, "Invalid");
        var deep = string.Concat(Enumerable.Repeat("""{"a":""", 20_000)) + "1" + new string('}', 20_000);
        (await api.PostAsync(Maps, deep)).Fails(400, "BadRequest");
        var bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + string.Concat(Enumerable.Range('b', 12).Select(static c => $"{(char)c}: &{(char)c} [*{(char)(c - 1)},*{(char)(c - 1)},*{(char)(c - 1)},*{(char)(c - 1)},*{(char)(c - 1)},*{(char)(c - 1)},*{(char)(c - 1)},*{(char)(c - 1)}]\n"));
        (await api.PostAsync(Maps, bomb, "application/yaml")).Fails(400, "BadRequest");
    }

    [Theory]
    [InlineData("text/plain", 415)]
    [InlineData("application/x-www-form-urlencoded", 415)]
    [InlineData("application/json; charset=utf-8", 201)]
    public async Task A_content_type_is_known_or_refused(string type, int code)
    {
        (await api.PostAsync($"{Maps}?dryRun=All", """{"metadata":{"name":"typed"}}""", type)).Must(code);
    }

    [Theory]
    [InlineData("api/v1/namespaces/default/configmaps/..%2f..%2fsecrets")]
    [InlineData("api/v1/namespaces/%2e%2e/configmaps/x")]
    [InlineData("api/v1/namespaces/default/configmaps/a%25b")]
    [InlineData("api/v1//namespaces/default/configmaps")]
    [InlineData("api/v1/namespaces/default/configmaps/x/y/z/w")]
    [InlineData("apis//v1/x")]
    public async Task A_path_of_tricks_leads_nowhere(string path)
    {
        var code = (await api.GetAsync(path)).Code;
        Assert.True(code is >= 400 and < 500, $"{path}: {code}");
    }

    [Fact]
    public async Task Random_bodies_and_queries_are_never_a_server_error()
    {
        var random = new Random(7);
        string[] parts = ["{", "}", "[", "]", "\"metadata\"", ":", "\"name\"", "\"x\"", ",", "null", "1e999", "-", "\\u0000", "\"spec\"", "true", "\"", "﻿", "{}", "1", "apiVersion"];
        string[] types = ["application/json", "application/yaml", "application/vnd.kubernetes.protobuf", "application/merge-patch+json", "application/json-patch+json", "application/apply-patch+yaml", "application/strategic-merge-patch+json"];
        string[] queries = ["", "?dryRun=All", "?fieldManager=a", "?force=true", "?limit=-1", "?fieldValidation=x", "?propagationPolicy=y", "?gracePeriodSeconds=z", "?watch=true&timeoutSeconds=0", "?timeout=abc", "?resourceVersion=-5", "?pretty=1"];
        string[] paths = [Maps, $"{Maps}/x", "api/v1/pods", "apis/apps/v1/namespaces/default/deployments/x/scale", "api/v1/namespaces/default/pods/x/eviction", "api/v1/namespaces/default/pods/x/binding", "api/v1/namespaces/default/serviceaccounts/default/token", "apis/authentication.k8s.io/v1/tokenreviews"];
        HttpMethod[] methods = [HttpMethod.Post, HttpMethod.Put, HttpMethod.Patch, HttpMethod.Delete];
        for (var i = 0; i < 600; i++)
        {
            var body = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => parts[random.Next(parts.Length)]));
            var (method, path, type) = (methods[random.Next(4)], paths[random.Next(paths.Length)] + queries[random.Next(queries.Length)], types[random.Next(types.Length)]);
            if (method == HttpMethod.Delete && !path.Contains("/x", StringComparison.Ordinal))
            {
                continue;
            }

            var reply = await api.SendAsync(method, path, body, type);
            Assert.True(reply.Code < 500, $"{method} {path} {type} {body}: {reply.Code} {reply.Body.ToJsonString()}");
        }
    }

    [Fact]
    public async Task A_storm_of_writers_with_versions_loses_nothing()
    {
        var ns = await cluster.NamespaceAsync("conf-storm");
        (await api.PostAsync($"api/v1/namespaces/{ns}/configmaps", """{"metadata":{"name":"count"},"data":{"n":"0"}}""")).Must(201);
        var path = $"api/v1/namespaces/{ns}/configmaps/count";
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            for (var done = 0; done < 25;)
            {
                var now = (await api.GetAsync(path)).Must(200);
                now["data"]!["n"] = (int.Parse((string)now["data"]!["n"]!, System.Globalization.CultureInfo.InvariantCulture) + 1).ToString(System.Globalization.CultureInfo.InvariantCulture);
                var put = await api.PutAsync(path, now.ToJsonString());
                Assert.True(put.Code is 200 or 409, put.Body.ToJsonString());
                done += put.Code == 200 ? 1 : 0;
            }
        }));
        Assert.Equal("200", (string?)(await api.GetAsync(path)).Body["data"]!["n"]);
    }
}
