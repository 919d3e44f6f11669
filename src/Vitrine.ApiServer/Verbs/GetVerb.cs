using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Http;
using Vitrine.ApiServer.Store;

namespace Vitrine.ApiServer.Verbs;

/// <summary>GET of one object: its stored bytes.</summary>
internal static class GetVerb
{
    public static Task RunAsync(ApiRequest request) => Answer.ObjectAsync(request, 200, Find(request));

    public static StoredObject Find(ApiRequest request) =>
        request.Store.Find(request.Kind, request.Namespace, request.Name) ?? throw ApiErrors.NotFound(request.Kind, request.Name);
}
