using System.IO.Pipelines;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Http;
using Vitrine.ApiServer.Selectors;
using Vitrine.ApiServer.Store;

namespace Vitrine.ApiServer.Verbs;

/// <summary>
/// WATCH: 1. decide the revision to start from, 2. send current objects if asked, 3. follow the kind's window until the
/// client leaves, time is up, the kind's definition is deleted, or the window has moved past the watcher — which it is told with 410, never with a gap.
/// </summary>
internal static class WatchVerb
{
    private const int ReadAtOnce = 256;
    private static readonly TimeSpan s_bookmarkEvery = TimeSpan.FromMinutes(1);

    public static async Task RunAsync(ApiRequest request)
    {
        WatchOptions options = WatchOptions.Read(request);
        WatchEventWriter events = new(request, AcceptHeader.Negotiate(request.Http.Request.Headers.Accept));
        ObjectSelector selector = options.List.Selector;
        WatchWindow window = request.Store.Window(request.Kind);

        // 1. where to start
        StoreSnapshot snapshot = request.Store.Snapshot;
        long asked = options.List.ResourceVersion ?? 0;
        if (asked > snapshot.Revision)
        {
            // Versions only come from this log: one from beyond its head belongs to a data directory that is gone, and
            // waiting for it would hide everything until then. 410 makes clients list again.
            throw ApiErrors.Expired($"Too large resource version: {asked}, current: {snapshot.Revision}");
        }

        long cursor = options.Initial || asked == 0 ? snapshot.Revision : asked;
        request.Http.Response.Headers.ContentType = "application/json";
        PipeWriter output = request.Http.Response.BodyWriter;
        await request.Http.Response.StartAsync(request.Aborted);
        await output.FlushAsync(request.Aborted);

        // 2. current objects
        if (options.Initial)
        {
            await SendCurrentAsync(request, snapshot, selector, events);
        }

        if (options.InitialEnd)
        {
            events.Bookmark(cursor, initialEnd: true);
            await output.FlushAsync(request.Aborted);
        }

        // 3. changes
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(request.Aborted, request.Api.Stopping);
        Task end = Task.Delay(options.Timeout, request.Api.Time, ending.Token);
        try
        {
            await FollowAsync(request, options, window, selector, events, cursor, end);
        }
        finally
        {
            await ending.CancelAsync();
        }
    }

    private static async Task SendCurrentAsync(ApiRequest request, StoreSnapshot snapshot, ObjectSelector selector, WatchEventWriter events)
    {
        foreach (StoredObject value in snapshot.Trees[request.Store.IndexOf(request.Kind)].List(selector.Namespace))
        {
            if (selector.IsUnfiltered || selector.Matches(value))
            {
                events.Write("ADDED", value);
                await events.FlushIfLargeAsync();
            }
        }

        await events.FlushAsync();
    }

    private static async Task FollowAsync(ApiRequest request, WatchOptions options, WatchWindow window, ObjectSelector selector, WatchEventWriter events, long cursor, Task end)
    {
        List<StoreEvent> changes = new(ReadAtOnce);
        Task bookmark = Task.Delay(s_bookmarkEvery, request.Api.Time, request.Aborted);
        while (!end.IsCompleted)
        {
            // The order matters: take the signal, then the head, then read. Nothing of this kind up to the head can then be unread.
            Task changed = window.Changed;
            bool served = request.Api.Serves(request.Kind);
            long head = request.Store.Snapshot.Revision;
            changes.Clear();
            if (!window.TryRead(cursor, changes, ReadAtOnce))
            {
                events.Error(ApiErrors.TooOld(cursor, window.Floor));
                await events.FlushAsync();
                return;
            }

            foreach (StoreEvent change in changes)
            {
                Send(change, selector, events);
                cursor = change.Revision;
                await events.FlushIfLargeAsync();
            }

            if (changes.Count > 0)
            {
                await events.FlushAsync();
                continue;
            }

            if (!served)
            {
                return;
            }

            cursor = Math.Max(cursor, head);
            if (options.Bookmarks && bookmark.IsCompletedSuccessfully)
            {
                events.Bookmark(cursor, initialEnd: false);
                await events.FlushAsync();
                bookmark = Task.Delay(s_bookmarkEvery, request.Api.Time, request.Aborted);
            }

            await (options.Bookmarks ? Task.WhenAny(changed, bookmark, end) : Task.WhenAny(changed, end));
        }
    }

    // An object that stops matching is gone for this watcher, one that starts to is new.
    private static void Send(StoreEvent change, ObjectSelector selector, WatchEventWriter events)
    {
        if (selector.Namespace is { } ns && change.Object.Namespace != ns)
        {
            return;
        }

        bool matched = change.Previous is { } before && (selector.IsUnfiltered || selector.Matches(before));
        bool matches = !change.Deleted && (selector.IsUnfiltered || selector.Matches(change.Object));
        switch (matched, matches)
        {
            case (false, true):
                events.Write("ADDED", change.Object);
                break;
            case (true, true):
                events.Write("MODIFIED", change.Object);
                break;
            case (true, false):
                events.Write("DELETED", change.Deleted ? change.Object : change.Previous!.At(change.Revision));
                break;
        }
    }
}
