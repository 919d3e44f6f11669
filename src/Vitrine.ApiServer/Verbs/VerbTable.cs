using Microsoft.AspNetCore.Http;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Http;
using Vitrine.ApiServer.Streaming;

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

        if (request.Path.Watch || (HttpMethods.IsGet(method) && request.Flag("watch") && request.Http.Request.Query.ContainsKey("watch")))
        {
            return HttpMethods.IsGet(method) ? WatchVerb.RunAsync : throw ApiErrors.MethodNotAllowed();
        }

        if (request.Path.Name is null)
        {
            return method switch
            {
                "GET" => ListVerb.RunAsync,
                "POST" when request.Path.Namespace is not null || !request.Kind.Namespaced => CreateVerb.RunAsync,
                "DELETE" when request.Path.Namespace is not null || !request.Kind.Namespaced => DeleteCollectionVerb.RunAsync,
                _ => throw ApiErrors.MethodNotAllowed(),
            };
        }

        return method switch
        {
            "GET" => GetVerb.RunAsync,
            "PUT" => static r => UpdateVerb.RunAsync(r, UpdateScope.Main),
            "PATCH" => static r => PatchVerb.RunAsync(r, UpdateScope.Main),
            "DELETE" => DeleteVerb.RunAsync,
            _ => throw ApiErrors.MethodNotAllowed(),
        };
    }

    private Func<ApiRequest, Task> Subresource(string name, string method) => (name, method) switch
    {
        ("status", "GET") => GetVerb.RunAsync,
        ("status", "PUT") => static r => UpdateVerb.RunAsync(r, UpdateScope.Status),
        ("status", "PATCH") => static r => PatchVerb.RunAsync(r, UpdateScope.Status),
        ("finalize", "PUT") => static r => UpdateVerb.RunAsync(r, UpdateScope.Finalize),
        ("binding", "POST") => BindingVerb.RunAsync,
        ("log", "GET") => new LogVerb(tunnel).RunAsync,
        ("exec", "GET" or "POST") => new StreamVerb(tunnel, "exec").RunAsync,
        ("attach", "GET" or "POST") => new StreamVerb(tunnel, "attach").RunAsync,
        ("portforward", "GET" or "POST") => new StreamVerb(tunnel, "portForward").RunAsync,
        _ => throw ApiErrors.MethodNotAllowed(),
    };
}
