using System.Net;
using System.Text.Json;
using k8s;
using Vitrine.Model.Snapshot;

namespace Vitrine.Model.Watching;

/// <summary>In which version an API has EndpointSlices: v1 since Kubernetes 1.21, v1beta1 before.</summary>
public static class SliceVersion
{
    public const string Group = "discovery.k8s.io";
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Empty where it has none.</summary>
    /// <exception cref="HttpRequestException">the API does not say</exception>
    /// <exception cref="JsonException">what it says is no APIGroup</exception>
    public static async Task<string> AskAsync(Kubernetes client, CancellationToken ct)
    {
        using var answer = await client.HttpClient.GetAsync(new Uri(client.BaseUri, $"apis/{Group}"), ct).ConfigureAwait(false);
        return await ReadAsync(answer, ct).ConfigureAwait(false);
    }

    /// <summary>The same, and waits while the API is away.</summary>
    internal static async Task<string> UntilAnsweredAsync(Kubernetes client, ApiDoor door, Action<string> failed, TimeProvider time, CancellationToken ct)
    {
        while (true)
        {
            try
            {
                using var answer = await door.SendAsync(() => client.HttpClient.GetAsync(new Uri(client.BaseUri, $"apis/{Group}"), ct), ct).ConfigureAwait(false);
                return await ReadAsync(answer, ct).ConfigureAwait(false);
            }
            catch (Exception e) when (e is HttpRequestException or JsonException || (e is OperationCanceledException && !ct.IsCancellationRequested))
            {
                failed($"looking for EndpointSlices: {e.Message}");
            }
            if (!door.IsClosed)
                await Task.Delay(ApiDoor.Jittered(Pause), time, ct).ConfigureAwait(false);
        }
    }

    private static async Task<string> ReadAsync(HttpResponseMessage answer, CancellationToken ct)
    {
        if (answer.StatusCode == HttpStatusCode.NotFound)
            return "";
        answer.EnsureSuccessStatusCode();
        using var group = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(ct).ConfigureAwait(false));
        var served = group.RootElement.Items("versions").Select(v => v.Text("version")).ToHashSet();
        return served.Contains("v1") ? "v1" : served.Contains("v1beta1") ? "v1beta1" : "";
    }
}
