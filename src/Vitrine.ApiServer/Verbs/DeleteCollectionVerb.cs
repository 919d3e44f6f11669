using System.Collections.Concurrent;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Http;
using Vitrine.ApiServer.Store;

namespace Vitrine.ApiServer.Verbs;

/// <summary>DELETE of a collection: every selected object, together in as few commits as the writer makes of them.</summary>
internal static class DeleteCollectionVerb
{
    private const int AtOnce = 64;

    public static async Task RunAsync(ApiRequest request)
    {
        DeleteOptions options = await DeleteOptions.ReadAsync(request);
        DeleteVerb.Warn(request, options);
        Answer.AddWarnings(request);
        ListOptions list = ListOptions.Read(request);
        list.CheckList();
        ListPage page = ListPage.Read(request, list);
        ConcurrentBag<StoredObject> left = [];
        await Parallel.ForEachAsync(page.Items, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = request.Aborted }, async (item, _) =>
        {
            try
            {
                left.Add((await DeleteVerb.DeleteAsync(request, item, options)).Left);
            }
            catch (ApiException gone) when (gone.Code == 404)
            {
                // Somebody else deleted it first, which is what was asked for.
            }
        });
        IReadOnlyList<StoredObject> deleted = [.. left.OrderBy(static item => item.Namespace, StringComparer.Ordinal).ThenBy(static item => item.Name, StringComparer.Ordinal)];
        await ListVerb.WriteAsync(request, AcceptHeader.Negotiate(request.Http.Request.Headers.Accept), page with { Items = deleted, Revision = request.Store.Snapshot.Revision, Continue = null, Remaining = null });
    }
}
