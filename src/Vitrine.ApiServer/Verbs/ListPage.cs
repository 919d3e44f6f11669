using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Http;
using Vitrine.ApiServer.Store;

namespace Vitrine.ApiServer.Verbs;

/// <summary>The objects of one list answer, all as of one revision.</summary>
/// <param name="Remaining">Known only when nothing but the namespace was selected on.</param>
internal sealed record ListPage(IReadOnlyList<StoredObject> Items, long Revision, string? Continue, long? Remaining)
{
    public static ListPage Read(ApiRequest request, ListOptions options)
    {
        ContinueToken? from = options.Continue is { } text ? ContinueToken.Decode(text) : null;
        (KindTree tree, long revision) = Source(request, options, from);
        // "Any version" means out of memory and all at once, as upstream's watch cache answers it.
        long limit = options.ResourceVersion == 0 ? 0 : options.Limit;
        List<StoredObject> items = new(limit > 0 ? (int)Math.Min(limit, 1024) : tree.Count);
        bool unfiltered = options.Selector.IsUnfiltered;
        long remaining = 0;
        foreach (StoredObject value in tree.List(options.Selector.Namespace))
        {
            if ((from is { } token && !token.Precedes(value.Namespace, value.Name)) || (!unfiltered && !options.Selector.Matches(value)))
            {
                continue;
            }

            if (limit == 0 || items.Count < limit)
            {
                items.Add(value);
            }
            else
            {
                remaining++;
            }
        }

        string? next = remaining > 0 ? new ContinueToken(revision, items[^1].Namespace, items[^1].Name).Encode() : null;
        return new ListPage(items, revision, next, next is not null && unfiltered ? remaining : null);
    }

    private static (KindTree Tree, long Revision) Source(ApiRequest request, ListOptions options, ContinueToken? from)
    {
        StoreSnapshot snapshot = request.Store.Snapshot;
        KindTree now = snapshot.Trees[request.Store.IndexOf(request.Kind)];
        if (from is { } token)
        {
            return token.Revision < 0
                ? (now, snapshot.Revision)
                : (request.Store.TreeAt(request.Kind, token.Revision) ?? throw new ContinueExpiredException((token with { Revision = -1 }).Encode()), token.Revision);
        }

        if (options.ResourceVersion is not (> 0 and { } asked))
        {
            return (now, snapshot.Revision);
        }

        if (asked > snapshot.Revision)
        {
            throw ApiErrors.TooLargeRevision(asked, snapshot.Revision);
        }

        // A limit with a version and no match means Exact, from before resourceVersionMatch existed.
        bool exact = options.Match == "Exact" || (options.Match.Length == 0 && options.Limit > 0);
        return exact
            ? (request.Store.TreeAt(request.Kind, asked) ?? throw ApiErrors.Expired($"The resourceVersion for the provided list is too old."), asked)
            : (now, snapshot.Revision);
    }
}
