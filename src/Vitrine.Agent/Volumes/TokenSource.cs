using System.Collections.Concurrent;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace Vitrine.Agent.Volumes;

/// <summary>
/// ServiceAccount tokens for projected volumes, each bound to its pod. One is asked for anew when four fifths of its life are over or it
/// is a day old, as kubelet's token manager has it; while the API is away the old one serves as long as it lasts.
/// </summary>
internal sealed class TokenSource(IKubernetes api, TimeProvider time)
{
    private const long DefaultSeconds = 3600;
    private static readonly TimeSpan Oldest = TimeSpan.FromHours(24);
    private readonly ConcurrentDictionary<(string Uid, string Audience, long Seconds), Issued> issued = new();

    private sealed record Issued(string Token, DateTimeOffset At, DateTimeOffset Ends)
    {
        public bool IsFresh(DateTimeOffset now) => now < Ends - ((Ends - At) * 0.2) && now < At + Oldest;
    }

    /// <exception cref="MountException">The API refused, and there is none that still counts.</exception>
    public async Task<string> TokenAsync(V1Pod pod, V1ServiceAccountTokenProjection wanted, CancellationToken ct)
    {
        var seconds = wanted.ExpirationSeconds ?? DefaultSeconds;
        var key = (pod.Metadata.Uid, wanted.Audience ?? "", seconds);
        var now = time.GetUtcNow();
        if (issued.TryGetValue(key, out var known) && known.IsFresh(now))
        {
            return known.Token;
        }

        try
        {
            var answer = await api.CoreV1.CreateNamespacedServiceAccountTokenAsync(
                new Authenticationv1TokenRequest
                {
                    ApiVersion = "authentication.k8s.io/v1",
                    Kind = "TokenRequest",
                    Spec = new V1TokenRequestSpec
                    {
                        Audiences = wanted.Audience is { Length: > 0 } audience ? [audience] : [],
                        ExpirationSeconds = seconds,
                        BoundObjectRef = new V1BoundObjectReference { ApiVersion = "v1", Kind = "Pod", Name = pod.Metadata.Name, Uid = pod.Metadata.Uid },
                    },
                },
                pod.Spec.ServiceAccountName ?? "default",
                pod.Metadata.NamespaceProperty,
                cancellationToken: ct).ConfigureAwait(false);
            issued[key] = new Issued(answer.Status.Token, now, answer.Status.ExpirationTimestamp is { } ends ? new DateTimeOffset(ends, TimeSpan.Zero) : now.AddSeconds(seconds));
            return answer.Status.Token;
        }
        catch (Exception e) when (e is HttpOperationException or HttpRequestException && known is not null && known.Ends > now)
        {
            return known.Token;
        }
        catch (HttpOperationException e)
        {
            throw new MountException($"failed to fetch token: {e.Response.Content}");
        }
    }

    public void Forget(string uid)
    {
        foreach (var key in issued.Keys.Where(k => k.Uid == uid))
        {
            issued.TryRemove(key, out _);
        }
    }
}
