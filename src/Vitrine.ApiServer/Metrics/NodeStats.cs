using System.Text.Json;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Http;
using Vitrine.ApiServer.Streaming;

namespace Vitrine.ApiServer.Metrics;

/// <summary>/stats/summary of nodes' agents.</summary>
internal sealed class NodeStats(KubeletTunnel tunnel)
{
    private const int Limit = 16 << 20;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    /// <summary>By node; those that do not answer in time are missing, as metrics-server has it.</summary>
    public async Task<IReadOnlyDictionary<string, JsonObject>> AskAsync(ApiRequest request, IEnumerable<string> nodes)
    {
        (string Node, JsonObject? Summary)[] answers = await Task.WhenAll(nodes.Distinct().Select(async node => (node, await AskAsync(request, node))));
        return answers.Where(static a => a.Summary is not null).ToDictionary(static a => a.Node, static a => a.Summary!);
    }

    private async Task<JsonObject?> AskAsync(ApiRequest request, string node)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(request.Aborted);
        limit.CancelAfter(s_patience);
        try
        {
            KubeletAddress agent = KubeletAddress.Of(request, node);
            using HttpRequestMessage ask = new(HttpMethod.Get, $"https://{agent.EndPoint}/stats/summary");
            using HttpResponseMessage answer = await tunnel.Http.SendAsync(ask, limit.Token);
            if (!answer.IsSuccessStatusCode || answer.Content.Headers.ContentLength > Limit)
            {
                return null;
            }

            await using Stream body = await answer.Content.ReadAsStreamAsync(limit.Token);
            return await JsonNode.ParseAsync(body, cancellationToken: limit.Token) as JsonObject;
        }
        catch (Exception error) when (error is HttpRequestException or IOException or ApiException or JsonException || (error is OperationCanceledException && !request.Aborted.IsCancellationRequested))
        {
            return null;
        }
    }
}
