using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Http;
using Vitrine.ApiServer.Store;

namespace Vitrine.ApiServer.Verbs;

/// <summary>GET of one object: its bytes as its kind shows them.</summary>
internal static class GetVerb
{
    public static Task RunAsync(ApiRequest request) => Answer.ObjectAsync(request, 200, Find(request));

    public static StoredObject Find(ApiRequest request) =>
        request.Store.Find(request.Kind, request.Namespace, request.Name)?.As(request.Kind) ?? throw ApiErrors.NotFound(request.Kind, request.Name);
}
