using Vitrine.ApiServer.Http;

namespace Vitrine.ApiServer.Streaming;

/// <summary>PodExecOptions as the kubelet API spells them (k8s.io/kubelet/pkg/cri/streaming/remotecommand: input, output, error, tty, command).</summary>
internal static class StreamQuery
{
    private static readonly (string Api, string Kubelet)[] s_streams = [("stdin", "input"), ("stdout", "output"), ("stderr", "error"), ("tty", "tty")];

    public static string For(ApiRequest request)
    {
        List<string> query = [];
        foreach ((string api, string kubelet) in s_streams)
        {
            if (request.Http.Request.Query.ContainsKey(api) && request.Flag(api))
            {
                query.Add($"{kubelet}=1");
                if (api != kubelet)
                {
                    query.Add($"{api}=1");
                }
            }
        }

        foreach (string? word in request.Http.Request.Query["command"])
        {
            // A kubelet of Go before 1.17 takes a bare semicolon for the end of a parameter: all that is not unreserved is escaped.
            query.Add($"command={Uri.EscapeDataString(word ?? "")}");
        }

        return query.Count == 0 ? "" : $"?{string.Join('&', query)}";
    }
}
