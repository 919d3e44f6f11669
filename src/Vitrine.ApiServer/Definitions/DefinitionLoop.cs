using System.Text.Json.Nodes;
using Vitrine.ApiServer.Http;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Store;

namespace Vitrine.ApiServer.Definitions;

/// <summary>
/// Follows the definitions: 1. judges them all (<see cref="DefinitionPlan"/>), 2. serves the kinds of those that may be, 3. writes what it decided to their
/// status, so that a client that reads Established finds the kind, 4. empties and removes those that are being deleted.
/// </summary>
internal sealed class DefinitionLoop(ApiContext api)
{
    private static readonly TimeSpan s_cleanupEvery = TimeSpan.FromMilliseconds(250);

    private readonly Dictionary<string, (string Stamp, IReadOnlyList<Kind> Kinds)> _compiled = [];
    private Dictionary<string, (StoredObject Stored, JsonObject Head)> _heads = [];

    public async Task RunAsync(CancellationToken ct)
    {
        if (api.Definitions is not { } kind)
        {
            return;
        }

        WatchWindow window = api.Store.Window(kind);
        try
        {
            while (true)
            {
                Task changed = window.Changed;
                bool waiting = await StepAsync(ct);
                await (waiting ? Task.WhenAny(changed, Task.Delay(s_cleanupEvery, api.Time, ct)) : changed.WaitAsync(ct));
                ct.ThrowIfCancellationRequested();
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    /// <summary>Once over all definitions; true when one that is being deleted has objects left.</summary>
    public async Task<bool> StepAsync(CancellationToken ct)
    {
        if (api.Definitions is not { } kind)
        {
            return false;
        }

        // 1. judge
        _heads = api.Store.Tree(kind).List(null).ToDictionary(static one => one.Name, one => _heads.TryGetValue(one.Name, out var known) && known.Stored == one ? known : (one, Head(one)));
        DefinitionPlan plan = DefinitionPlan.Compile(_heads.Values.Select(static known => known.Head), api.BuiltIn, api.Time.GetUtcNow());

        // 2. serve
        await ServeAsync(plan);

        // 3. say so
        DefinitionCleanup cleanup = new(api, kind);
        bool waiting = false;
        try
        {
            foreach (DefinitionVerdict verdict in plan.Verdicts)
            {
                await WriteStatusAsync(kind, verdict, ct);
            }

            // 4. clean up
            foreach (DefinitionVerdict verdict in plan.Verdicts.Where(static verdict => verdict.Definition["metadata"].Has("deletionTimestamp")))
            {
                waiting |= await cleanup.RunAsync(verdict, ct);
            }
        }
        catch (StoreUnavailableException)
        {
            // The writer has logged it.
            return true;
        }

        return waiting;
    }

    /// <summary>A definition without its versions: all that is judged here, and a small part of what it is.</summary>
    private static JsonObject Head(StoredObject stored)
    {
        JsonObject head = stored.Parse();
        head.Object("spec")?.Remove("versions");
        return JsonNode.Parse(head.ToJsonString())!.AsObject();
    }

    private async Task ServeAsync(DefinitionPlan plan)
    {
        List<Kind> kinds = [];
        HashSet<string> there = [];
        foreach (DefinitionVerdict verdict in plan.Verdicts.Where(static verdict => verdict.IsServed))
        {
            string name = verdict.Definition.TextAt("metadata.name");
            there.Add(name);
            await api.Store.AddAsync(verdict.Definition.TextAt("spec.group"), verdict.Definition.TextAt("spec.names.plural"));
            kinds.AddRange(Compiled(name, verdict));
        }

        foreach (string gone in _compiled.Keys.Where(name => !there.Contains(name)).ToArray())
        {
            _compiled.Remove(gone);
        }

        if (!kinds.SequenceEqual(api.Served.Catalog.Custom, ReferenceEqualityComparer.Instance))
        {
            IReadOnlyList<Kind> before = api.Served.Catalog.Custom;
            api.Serve(new KindCatalog(api.BuiltIn, kinds));
            // Their watchers end.
            foreach (Kind gone in before.Where(kind => !api.Serves(kind)))
            {
                api.Store.Window(gone).Pulse();
            }
        }
    }

    /// <summary>The same instances for as long as the definition and its names stay the same.</summary>
    private IReadOnlyList<Kind> Compiled(string name, DefinitionVerdict verdict)
    {
        JsonObject metadata = verdict.Definition.Object("metadata")!;
        string stamp = $"{metadata.Text("uid")} {metadata.Number("generation")} {verdict.Status["acceptedNames"]!.ToJsonString()}";
        if (_compiled.TryGetValue(name, out var known) && known.Stamp == stamp)
        {
            return known.Kinds;
        }

        IReadOnlyList<Kind> kinds = DefinedKinds.Of(_heads[name].Stored.Parse(), DefinitionNames.Read(verdict.Status.Object("acceptedNames")));
        _compiled[name] = (stamp, kinds);
        return kinds;
    }

    private async Task WriteStatusAsync(Kind kind, DefinitionVerdict verdict, CancellationToken ct)
    {
        if (JsonNode.DeepEquals(verdict.Status, verdict.Definition["status"]))
        {
            return;
        }

        JsonObject value = _heads[verdict.Definition.TextAt("metadata.name")].Stored.Parse();
        value["status"] = verdict.Status.DeepClone();
        // Where somebody else was faster, the window tells, and all is judged again.
        await api.Store.WriteAsync(
            new WriteRequest
            {
                Kind = api.Store.IndexOf(kind),
                Namespace = "",
                Name = value.TextAt("metadata.name"),
                Payload = ObjectPayload.From(value),
                Expected = long.Parse(value.TextAt("metadata.resourceVersion"), System.Globalization.CultureInfo.InvariantCulture),
            },
            ct);
    }
}
