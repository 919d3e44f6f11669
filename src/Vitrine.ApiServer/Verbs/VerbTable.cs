using Microsoft.AspNetCore.Http;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Http;
using Vitrine.ApiServer.Metrics;
using Vitrine.ApiServer.Streaming;
using Vitrine.ApiServer.Tokens;

namespace Vitrine.ApiServer.Verbs;

/// <summary>Method and path → verb, as upstream's API installer lays them out.</summary>
internal sealed class VerbTable(KubeletTunnel tunnel)
{
    /// <summary>Throws a 404 for a subresource the kind does not have and a 405 for a method the path does not take.</summary>
    public Func<ApiRequest, Task> Choose(ApiRequest request)
    {
        string method = request.Http.Request.Method;
        if (request.Path.Subresource is { } subresource)
        {
            if (!request.Kind.Subresources.Contains(subresource))
            {
                throw ApiErrors.UnknownPath();
            }

            return Subresource(subresource, method);
        }

        bool collection = request.Path.Name is null;
        bool writable = request.Path.Namespace is not null || !request.Kind.Namespaced;
        (string verb, Func<ApiRequest, Task> run) = method switch
        {
            "GET" when request.Path.Watch || request.Flag("watch") => ("watch", WatchVerb.RunAsync),
            "GET" when request.Kind.IsMeasured => (collection ? "list" : "get", new MetricsVerb(tunnel).RunAsync),
            "GET" when collection => ("list", ListVerb.RunAsync),
            "GET" => ("get", GetVerb.RunAsync),
            "POST" when collection && writable => ("create", request.Kind.Review ?? CreateVerb.RunAsync),
            "DELETE" when collection && writable => ("deletecollection", DeleteCollectionVerb.RunAsync),
            "PUT" when !collection => ("update", static r => UpdateVerb.RunAsync(r, UpdateScope.Main)),
            "PATCH" when !collection => ("patch", static r => PatchVerb.RunAsync(r, UpdateScope.Main)),
            "DELETE" when !collection => ("delete", (Func<ApiRequest, Task>)DeleteVerb.RunAsync),
            _ => throw ApiErrors.MethodNotAllowed(),
        };
        return request.Kind.Verbs.Contains(verb) ? run : throw ApiErrors.MethodNotAllowed();
    }

    private Func<ApiRequest, Task> Subresource(string name, string method) => (name, method) switch
    {
        ("status", "GET") => GetVerb.RunAsync,
        ("status", "PUT") => static r => UpdateVerb.RunAsync(r, UpdateScope.Status),
        ("status", "PATCH") => static r => PatchVerb.RunAsync(r, UpdateScope.Status),
        ("approval", "GET") => GetVerb.RunAsync,
        ("approval", "PUT") => static r => UpdateVerb.RunAsync(r, UpdateScope.Approval),
        ("approval", "PATCH") => static r => PatchVerb.RunAsync(r, UpdateScope.Approval),
        ("ephemeralcontainers", "GET") => GetVerb.RunAsync,
        ("ephemeralcontainers", "PUT") => static r => UpdateVerb.RunAsync(r, UpdateScope.EphemeralContainers),
        ("ephemeralcontainers", "PATCH") => static r => PatchVerb.RunAsync(r, UpdateScope.EphemeralContainers),
        ("scale", "GET") => ScaleVerb.GetAsync,
        ("scale", "PUT") => ScaleVerb.UpdateAsync,
        ("scale", "PATCH") => ScaleVerb.PatchAsync,
        ("eviction", "POST") => EvictionVerb.RunAsync,
        ("token", "POST") => TokenVerb.RunAsync,
        ("finalize", "PUT") => static r => UpdateVerb.RunAsync(r, UpdateScope.Finalize),
        ("binding", "POST") => BindingVerb.RunAsync,
        ("log", "GET") => new LogVerb(tunnel).RunAsync,
        ("exec", "GET" or "POST") => new StreamVerb(tunnel, "exec").RunAsync,
        ("attach", "GET" or "POST") => new StreamVerb(tunnel, "attach").RunAsync,
        ("portforward", "GET" or "POST") => new StreamVerb(tunnel, "portForward").RunAsync,
        _ => throw ApiErrors.MethodNotAllowed(),
    };
}
