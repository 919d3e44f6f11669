namespace Vitrine.Control.Pods;

/// <summary>
/// Batches of 1, 2, 4, 8 …: a thousand pods that a quota refuses fail once, not a thousand times, and what works is soon done.
/// </summary>
internal static class SlowStart
{
    /// <summary>Ends after the first batch with a failure, with that failure; null when all was done.</summary>
    public static async Task<Exception?> RunAsync(int count, Func<int, Task> one)
    {
        var done = 0;
        for (var batch = 1; done < count; batch *= 2)
        {
            var tasks = Enumerable.Range(done, Math.Min(batch, count - done)).Select(one).ToArray();
            try
            {
                await Task.WhenAll(tasks);
            }
            catch (HttpRequestException e)
            {
                return e;
            }

            done += tasks.Length;
        }

        return null;
    }
}
