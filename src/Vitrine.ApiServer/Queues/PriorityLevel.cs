using Vitrine.ApiServer.Errors;

namespace Vitrine.ApiServer.Queues;

/// <summary>
/// Seats for the requests of one kind of client, and queues for those that find none. Each client has a hand of queues, chosen by its name, and waits in the
/// shortest of them: one that sends without end fills its own hand, and others have at least one queue that is not in it. Free seats go round the queues in turn.
/// Source: KEP-1040, API Priority and Fairness.
/// </summary>
/// <param name="name">As told in errors and metrics.</param>
/// <param name="seats">Requests served at once.</param>
internal sealed class PriorityLevel(string name, int seats)
{
    private const int Queues = 64;
    private const int Hand = 6;
    private const int QueueLength = 50;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(15);

    private readonly Lock gate = new();
    private readonly LinkedList<TaskCompletionSource>[] queues = [.. Enumerable.Range(0, Queues).Select(static _ => new LinkedList<TaskCompletionSource>())];
    private int free = seats;
    private int waiting;
    private int turn;

    public string Name => name;

    /// <summary>Completes with a seat, which has to be given back. Throws a 429 when the client's queues are full, or no seat came in time.</summary>
    public ValueTask EnterAsync(string client, TimeProvider time, CancellationToken ct)
    {
        LinkedListNode<TaskCompletionSource> place;
        LinkedList<TaskCompletionSource> queue;
        lock (gate)
        {
            if (free > 0 && waiting == 0)
            {
                free--;
                return ValueTask.CompletedTask;
            }
            queue = Shortest(client);
            if (queue.Count >= QueueLength)
            {
                throw ApiErrors.TooManyRequests();
            }
            place = queue.AddLast(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            waiting++;
        }
        return WaitAsync(queue, place, time, ct);
    }

    /// <summary>Gives a seat back.</summary>
    public void Leave()
    {
        lock (gate)
        {
            if (waiting == 0)
            {
                free++;
                return;
            }
            while (queues[turn = (turn + 1) % Queues].Count == 0)
            {
            }
            var next = queues[turn].First!;
            queues[turn].RemoveFirst();
            waiting--;
            next.Value.SetResult();
        }
    }

    private async ValueTask WaitAsync(LinkedList<TaskCompletionSource> queue, LinkedListNode<TaskCompletionSource> place, TimeProvider time, CancellationToken ct)
    {
        try
        {
            await place.Value.Task.WaitAsync(LongestWait, time, ct);
        }
        catch (Exception error) when (error is TimeoutException or OperationCanceledException)
        {
            lock (gate)
            {
                if (place.List is not null)
                {
                    queue.Remove(place);
                    waiting--;
                }
                else if (error is TimeoutException)
                {
                    // The seat came with the last second.
                    return;
                }
            }
            if (place.Value.Task.IsCompletedSuccessfully)
            {
                Leave();
            }
            throw error is TimeoutException ? ApiErrors.TooManyRequests() : error;
        }
    }

    private LinkedList<TaskCompletionSource> Shortest(string client)
    {
        // Six numbers below 64 out of one hash of the name (FNV-1a); two may be the same, which makes the hand smaller and nothing worse.
        var hash = 14695981039346656037UL;
        foreach (var letter in client)
        {
            hash = (hash ^ letter) * 1099511628211UL;
        }
        var shortest = queues[hash % Queues];
        for (var i = 1; i < Hand; i++)
        {
            var other = queues[(hash >>= 6) % Queues];
            shortest = other.Count < shortest.Count ? other : shortest;
        }
        return shortest;
    }
}
