using System.Net.Security;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Http;

namespace Vitrine.ApiServer.Streaming;

/// <summary>
/// exec, attach and port-forward: 1. find the agent, 2. ask it for the same upgrade, 3. pass on its answer, 4. carry
/// bytes both ways. The stream protocol inside — SPDY/3.1 or WebSocket — is between kubectl and the agent.
/// </summary>
internal sealed class StreamVerb(KubeletTunnel tunnel, string action)
{
    private static readonly string[] s_asked = ["X-Stream-Protocol-Version", "Sec-WebSocket-Key", "Sec-WebSocket-Version", "Sec-WebSocket-Protocol", "Origin"];
    private static readonly string[] s_answered = ["X-Stream-Protocol-Version", "Sec-WebSocket-Accept", "Sec-WebSocket-Protocol", "Upgrade"];

    public async Task RunAsync(ApiRequest request)
    {
        // 1. the agent
        PodTarget target = PodTarget.Of(request, container: action != "portForward");
        KubeletAddress address = target.Scheduled(request);
        string path = $"/{action}/{Uri.EscapeDataString(request.Namespace)}/{Uri.EscapeDataString(request.Name)}";
        path += action == "portForward" ? request.Http.Request.QueryString.Value : $"/{Uri.EscapeDataString(target.Container)}{StreamQuery.For(request)}";
        IHttpUpgradeFeature? upgrade = request.Http.Features.Get<IHttpUpgradeFeature>();
        if (upgrade is not { IsUpgradableRequest: true })
        {
            throw ApiErrors.BadRequest("Upgrade request required");
        }

        // 2. the same upgrade
        await using SslStream agent = await tunnel.ConnectAsync(address, request.Aborted);
        await agent.WriteAsync(Head(request.Http.Request, address, path), request.Aborted);
        UpgradeAnswer answer = await UpgradeAnswer.ReadAsync(agent, request.Aborted);
        if (answer.Code != 101)
        {
            throw AgentFailure.From(answer.Code, answer.Rest.Span);
        }

        // 3. its answer
        foreach (string name in s_answered)
        {
            if (answer.Headers.TryGetValue(name, out string? value))
            {
                request.Http.Response.Headers[name] = value;
            }
        }

        await using Stream client = await upgrade.UpgradeAsync();

        // 4. bytes
        await client.WriteAsync(answer.Rest, CancellationToken.None);
        await ByteRelay.RunAsync(client, agent, request.Api.Stopping);
    }

    private static byte[] Head(HttpRequest request, KubeletAddress agent, string path)
    {
        StringBuilder head = new();
        head.Append(request.Method).Append(' ').Append(path).Append(" HTTP/1.1\r\nHost: ").Append(agent.EndPoint).Append("\r\nConnection: Upgrade\r\nUpgrade: ").Append(Value(request.Headers.Upgrade.ToString())).Append("\r\n");
        foreach (string name in s_asked)
        {
            foreach (string? value in request.Headers[name])
            {
                head.Append(name).Append(": ").Append(Value(value)).Append("\r\n");
            }
        }

        return Encoding.ASCII.GetBytes(head.Append(request.Method == "POST" ? "Content-Length: 0\r\n\r\n" : "\r\n").ToString());
    }

    // Kestrel refuses line breaks in headers; this request is written by hand, so it does not rely on that.
    private static string? Value(string? value) => value?.AsSpan().ContainsAny('\r', '\n') == true ? throw ApiErrors.BadRequest("a header value contains a line break") : value;
}
