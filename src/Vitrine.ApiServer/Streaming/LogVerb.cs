using System.Buffers;
using Microsoft.AspNetCore.Http.Extensions;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Http;

namespace Vitrine.ApiServer.Streaming;

/// <summary>GET pods/NAME/log: the agent's containerLogs, passed on as it comes.</summary>
internal sealed class LogVerb(KubeletTunnel tunnel)
{
    private const int ErrorLimit = 64 << 10;
    private static readonly string[] s_passed = ["follow", "tailLines", "previous", "sinceSeconds", "sinceTime", "timestamps", "limitBytes"];

    public async Task RunAsync(ApiRequest request)
    {
        CheckNumbers(request);
        PodTarget target = PodTarget.Of(request, container: true);
        if (target.Agent is not { } agent)
        {
            // As upstream: a pod without a node has an empty log, not an error.
            await Answer.TextAsync(request.Http, 200, "");
            return;
        }

        QueryBuilder query = [];
        foreach (string name in s_passed)
        {
            if (request.Query(name) is { Length: > 0 } value)
            {
                query.Add(name, value);
            }
        }

        Uri uri = new($"https://{agent.EndPoint}/containerLogs/{Uri.EscapeDataString(request.Namespace)}/{Uri.EscapeDataString(request.Name)}/{Uri.EscapeDataString(target.Container)}{query}");
        using HttpRequestMessage ask = new(HttpMethod.Get, uri);
        using HttpResponseMessage answer = await SendAsync(agent, ask, request.Aborted);
        await using Stream log = await answer.Content.ReadAsStreamAsync(request.Aborted);
        if (!answer.IsSuccessStatusCode)
        {
            byte[] body = new byte[ErrorLimit];
            throw AgentFailure.From((int)answer.StatusCode, body.AsSpan(0, await log.ReadAtLeastAsync(body, ErrorLimit, throwOnEndOfStream: false, request.Aborted)));
        }

        request.Http.Response.Headers.ContentType = "text/plain";
        await request.Http.Response.StartAsync(request.Aborted);
        await PassAsync(log, request);
    }

    private async Task<HttpResponseMessage> SendAsync(KubeletAddress agent, HttpRequestMessage ask, CancellationToken ct)
    {
        try
        {
            return await tunnel.Http.SendAsync(ask, ct);
        }
        catch (Exception error) when (error is HttpRequestException || (error is OperationCanceledException && !ct.IsCancellationRequested))
        {
            throw KubeletTunnel.Unreachable(agent, error);
        }
    }

    private static async Task PassAsync(Stream log, ApiRequest request)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(32 << 10);
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(request.Aborted, request.Api.Stopping);
        try
        {
            int read;
            while ((read = await log.ReadAsync(buffer, ending.Token)) > 0)
            {
                // WriteAsync of the pipe flushes: a followed line must not wait for the next one.
                await request.Http.Response.BodyWriter.WriteAsync(buffer.AsMemory(0, read), request.Aborted);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static void CheckNumbers(ApiRequest request)
    {
        foreach (string name in (ReadOnlySpan<string>)["tailLines", "sinceSeconds", "limitBytes"])
        {
            if (request.Number(name) is { } value && value < (name == "tailLines" ? 0 : 1))
            {
                throw new ApiException(422, "Invalid", $"PodLogOptions \"{request.Name}\" is invalid: {name}: Invalid value: {value}: must be greater than {(name == "tailLines" ? "or equal to " : "")}0")
                {
                    Causes = [new FieldCause("FieldValueInvalid", name, $"Invalid value: {value}")],
                };
            }
        }
    }
}
