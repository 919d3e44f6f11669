using System.Net;

namespace Vitrine.Model.Watching;

/// <summary>
/// While an API server is away, or says that it has too much to do (429, 503), one of a process's requests at a time asks it, with pauses that double; the
/// others wait behind it and go on together once it answers. Twenty watches of five thousand nodes knock as five thousand, not as a hundred thousand.
/// </summary>
/// <param name="time">for the pauses</param>
public sealed class ApiDoor(TimeProvider time)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(50), Longest = TimeSpan.FromSeconds(5), LongestAsked = TimeSpan.FromMinutes(1);
    private readonly SemaphoreSlim knocking = new(1);
    private TimeSpan pause = Shortest;
    private volatile bool closed;

    /// <summary>The last request was not answered: the next waits here, and need not wait elsewhere.</summary>
    public bool IsClosed => closed;

    /// <summary>A pause, half of it more or less: of a thousand nodes whose API server comes back, none asks at the moment another does.</summary>
    public static TimeSpan Jittered(TimeSpan pause) => pause * (0.5 + Random.Shared.NextDouble());

    /// <summary>What the request came to, whatever its status.</summary>
    /// <param name="send">the request; once</param>
    /// <param name="ct">ends the waiting too</param>
    public async Task<HttpResponseMessage> SendAsync(Func<Task<HttpResponseMessage>> send, CancellationToken ct)
    {
        if (!closed)
            return await KnockAsync(send, ct).ConfigureAwait(false);
        await knocking.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            if (closed)
            {
                await Task.Delay(Jittered(pause), time, ct).ConfigureAwait(false);
                pause = pause * 2 < Longest ? pause * 2 : Longest;
            }
            return await KnockAsync(send, ct).ConfigureAwait(false);
        }
        finally
        {
            knocking.Release();
        }
    }

    private async Task<HttpResponseMessage> KnockAsync(Func<Task<HttpResponseMessage>> send, CancellationToken ct)
    {
        try
        {
            var answer = await send().ConfigureAwait(false);
            if (answer.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable)
                (pause, closed) = (Asked(answer) ?? pause, true);
            else
                (pause, closed) = (Shortest, false);
            return answer;
        }
        catch (Exception e) when (!ct.IsCancellationRequested && e is HttpRequestException or OperationCanceledException)
        {
            closed = true;
            throw;
        }
    }

    /// <summary>Retry-After in seconds, as an API server writes it.</summary>
    private static TimeSpan? Asked(HttpResponseMessage answer) =>
        answer.Headers.RetryAfter?.Delta is { } delta && delta > TimeSpan.Zero ? (delta < LongestAsked ? delta : LongestAsked) : null;
}
