using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Http;

namespace Vitrine.ApiServer.Verbs;

/// <summary>What a watch asks for besides its selectors.</summary>
/// <param name="Initial">Send the current objects as ADDED before following changes.</param>
/// <param name="InitialEnd">Say where they end with an annotated bookmark (KEP-3157).</param>
internal sealed record WatchOptions(ListOptions List, bool Initial, bool InitialEnd, bool Bookmarks, TimeSpan Timeout)
{
    // Upstream's --min-request-timeout: between one and two times half an hour, so that clients do not all come back at once.
    private const int MinTimeoutSeconds = 1800;

    public static WatchOptions Read(ApiRequest request)
    {
        ListOptions list = ListOptions.Read(request);
        bool bookmarks = request.Flag("allowWatchBookmarks");
        bool? sendInitial = request.Query("sendInitialEvents") is { } text ? QueryFlag.IsOn(text) : null;
        if (list.Match.Length > 0 && sendInitial is null)
        {
            throw ApiErrors.InvalidListOptions("resourceVersionMatch", "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided");
        }

        if (sendInitial is not null && list.Match != "NotOlderThan")
        {
            throw ApiErrors.InvalidListOptions("resourceVersionMatch", "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
        }

        double seconds = request.Number("timeoutSeconds") is > 0 and { } asked ? asked : MinTimeoutSeconds * (1 + Random.Shared.NextDouble());
        return new WatchOptions(
            list,
            sendInitial ?? list.ResourceVersion is null or 0,
            sendInitial == true && bookmarks,
            bookmarks,
            TimeSpan.FromSeconds(Math.Min(seconds, TimeSpan.FromDays(20).TotalSeconds)));
    }
}
