using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Http;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Selectors;
using Vitrine.ApiServer.Store;
using Vitrine.ApiServer.Streaming;
using Vitrine.ApiServer.Verbs;

namespace Vitrine.ApiServer.Metrics;

/// <summary>GET of what is measured: the nodes or pods that are asked for, and what their agents say of them now.</summary>
internal sealed class MetricsVerb(KubeletTunnel tunnel)
{
    public async Task RunAsync(ApiRequest request)
    {
        if (request.Path.Name is null)
        {
            ListOptions options = ListOptions.Read(request);
            options.CheckList();
            ResponseForm form = AcceptHeader.Negotiate(request.Http.Request.Headers.Accept);
            IReadOnlyList<StoredObject> all = await MeasureAsync(request, Subjects(request).List(options.Selector.Namespace).Where(options.Selector.Matches));
            await ListVerb.WriteAsync(request, form, new ListPage(all, 0, null, null));
            return;
        }

        StoredObject? subject = Subjects(request).Find(request.Namespace, request.Name);
        IReadOnlyList<StoredObject> one = subject is null ? [] : await MeasureAsync(request, [subject]);
        await Answer.ObjectAsync(request, 200, one is [var found] ? found : throw ApiErrors.NotFound(request.Kind, request.Name));
    }

    private static KindTree Subjects(ApiRequest request)
    {
        Kind? subject = request.Api.Kinds.FirstOrDefault(k => k.Group.Length == 0 && k.Plural == request.Kind.Plural);
        return subject is null ? KindTree.Empty : request.Store.Tree(subject);
    }

    private async Task<IReadOnlyList<StoredObject>> MeasureAsync(ApiRequest request, IEnumerable<StoredObject> subjects)
    {
        bool ofPods = request.Kind == MetricsKinds.PodMetrics;
        List<(StoredObject Stored, JsonObject Value, string Node)> wanted = [];
        foreach (StoredObject subject in subjects)
        {
            JsonObject value = subject.Parse();
            string node = ofPods ? value.TextAt("spec.nodeName") : subject.Name;
            if (node.Length > 0)
            {
                wanted.Add((subject, value, node));
            }
        }

        IReadOnlyDictionary<string, JsonObject> summaries = await new NodeStats(tunnel).AskAsync(request, wanted.Select(static w => w.Node));
        List<StoredObject> measured = [];
        foreach ((StoredObject stored, JsonObject value, string node) in wanted)
        {
            if (summaries.TryGetValue(node, out JsonObject? summary) && (ofPods ? Measured.Pod(value, summary) : Measured.Node(value, summary)) is { } made)
            {
                ObjectPayload payload = ObjectPayload.From(made);
                measured.Add(new StoredObject(stored.Namespace, stored.Name, 0, payload.Json, payload.RevisionAt));
            }
        }

        return measured;
    }
}
