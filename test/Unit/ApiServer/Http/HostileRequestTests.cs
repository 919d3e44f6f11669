using System.Text;
using Vitrine.ApiServer.Kinds;
using Vitrine.Unit.ApiServer.Verbs;
using Xunit;

namespace Vitrine.Unit.ApiServer.Http;

/// <summary>Whatever is sent, the answer is the client's fault or a success, never 500.</summary>
public sealed class HostileRequestTests
{
    private static readonly string[] Methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "TRACE"];
    private static readonly string[] Parts =
    [
        "api", "apis", "v1", "namespaces", "default", "pods", "a", "log", "status", "scale", "eviction", "binding", "token", "configmaps", "apps", "deployments", "rbac.authorization.k8s.io", "roles", "clusterroles",
        "authorization.k8s.io", "selfsubjectaccessreviews", "selfsubjectrulesreviews", "watch", "resourcequotas", "limitranges", "secrets", "serviceaccounts", "certificatesigningrequests", "certificates.k8s.io", "approval",
        "finalize", "x y", "%2e%2e", "..", "é", "openapi", "v3", "version", "healthz", "metrics", "nodes", "leases", "coordination.k8s.io", "exec", "events", "batch", "jobs", "cronjobs", "services",
    ];

    private static readonly string[] Queries =
    [
        "fieldSelector=a", "fieldSelector=metadata.name%3Da", "fieldSelector=metadata.name%3D%3D%3D", "labelSelector=a%20in%20(", "labelSelector=!a", "limit=x", "limit=-1", "continue=zzz", "resourceVersion=-1", "resourceVersion=99999999999999999999",
        "watch=1&timeoutSeconds=1", "watch=x", "timeout=1x", "timeout=1s", "dryRun=All", "dryRun=x", "fieldValidation=Strict", "fieldValidation=x", "gracePeriodSeconds=x", "propagationPolicy=x", "orphanDependents=true", "pretty=true", "sendInitialEvents=true", "container=%00", "=", "&&&",
    ];

    private static readonly string[] Bodies =
    [
        "", "{", "null", "[]", "1", "\"x\"", "{}", """{"kind":"Pod","apiVersion":"v1","metadata":{"name":"a"},"spec":{"containers":[{}]}}""", """{"metadata":null}""", """{"metadata":[]}""", """{"metadata":{"name":1,"labels":[],"annotations":"x"}}""",
        """{"spec":{"resourceAttributes":[]}}""", """{"spec":{"resourceAttributes":{"verb":1}}}""", """{"rules":{}}""", """{"rules":[null,1,"x",{"verbs":"get"},{"verbs":[1,null]}],"metadata":{"name":"a"}}""", """{"roleRef":1,"subjects":[null]}""",
        """{"spec":{"hard":{"pods":{}}},"metadata":{"name":"a"}}""", """{"spec":{"hard":[],"scopes":{},"scopeSelector":1},"metadata":{"name":"a"}}""", """{"spec":{"limits":[null,{"type":1,"max":[]}]},"metadata":{"name":"a"}}""", """[{"op":"x"}]""", """[{"op":"remove","path":"/metadata"}]""",
        """{"metadata":{"name":"a"},"spec":{"template":null,"selector":[]}}""", "\0\0\0", "a: b: c", "- - -", "&a [*a]", "k8s\0\n\x05v1", """{"apiVersion":"policy/v1","kind":"Eviction","metadata":{"name":"a"},"deleteOptions":1}""",
    ];

    private static readonly string[] Types = ["application/json", "application/yaml", "application/merge-patch+json", "application/json-patch+json", "application/strategic-merge-patch+json", "application/vnd.kubernetes.protobuf", "text/plain", "application/apply-patch+yaml", ";;;"];

    [Fact]
    public async Task No_request_is_the_servers_fault()
    {
        await using var server = await TestServer.StartAsync(kinds: KindList.All);
        await server.PostAsync("/api/v1/namespaces/default/serviceaccounts", """{"metadata":{"name":"default"}}""");
        using var bob = server.User("bob");
        using var node = server.User("system:node:a", "system:nodes");
        HttpClient[] clients = [server.Admin, server.Admin, bob, node, server.Client(null)];
        var random = new Random(20);
        for (var i = 0; i < 6000; i++)
        {
            var path = "/" + string.Join('/', Enumerable.Range(0, random.Next(1, 8)).Select(n => n == 0 ? Pick("api", "apis") : n == 1 && random.Next(2) == 0 ? "v1" : Pick(Parts)));
            if (random.Next(2) == 0)
            {
                path = Pick("/api/v1/namespaces/default/", "/apis/rbac.authorization.k8s.io/v1/namespaces/default/", "/apis/apps/v1/namespaces/default/", "/apis/authorization.k8s.io/v1/", "/apis/rbac.authorization.k8s.io/v1/", "/api/v1/") + Pick(Parts) + (random.Next(2) == 0 ? "" : "/" + Pick(Parts));
            }
            var query = random.Next(2) == 0 ? "" : "?" + string.Join('&', Enumerable.Range(0, random.Next(1, 3)).Select(_ => Pick(Queries)));
            using HttpRequestMessage request = new(new HttpMethod(Pick(Methods)), path + query);
            if (request.Method.Method is not ("GET" or "HEAD" or "TRACE"))
            {
                request.Content = new ByteArrayContent(Encoding.Latin1.GetBytes(Pick(Bodies)));
                request.Content.Headers.TryAddWithoutValidation("Content-Type", Pick(Types));
            }
            if (random.Next(8) == 0)
            {
                request.Headers.TryAddWithoutValidation(Pick("Impersonate-User", "Impersonate-Group", "Impersonate-Extra-%zz", "Impersonate-Uid", "Authorization", "Accept"), Pick("bob", "Bearer x.y.z", "Bearer", "system:serviceaccount:::", "system:serviceaccount:a", "application/x", ";q=,", "*/*;q=2"));
            }
            using var answer = await Pick(clients).SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            Assert.True((int)answer.StatusCode != 500, $"{request.Method} {path}{query} {request.Content?.Headers.ContentType} {(request.Content is null ? "" : await request.Content.ReadAsStringAsync())}: {answer.StatusCode}");
        }

        T Pick<T>(params T[] from) => from[random.Next(from.Length)];
    }
}
