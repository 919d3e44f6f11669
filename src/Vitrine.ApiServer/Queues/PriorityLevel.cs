using System.Runtime.InteropServices;
using Vitrine.ApiServer.Errors;

namespace Vitrine.ApiServer.Queues;

/// <summary>
/// Seats for the requests of one kind of client, and queues for those that find none. Each client has a hand of queues, chosen by its name, and waits in the
/// shortest of them: one that sends without end fills its own hand, and others have at least one queue that is not in it. Free seats go round the queues in turn,
/// and no client has more than three quarters of them, however slowly it sends its bodies. Source: KEP-1040, API Priority and Fairness.
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
    private readonly LinkedList<Waiter>[] queues = [.. Enumerable.Range(0, Queues).Select(static _ => new LinkedList<Waiter>())];
    private readonly Dictionary<string, int> seated = new(StringComparer.Ordinal);
    private readonly int share = Math.Max(1, seats * 3 / 4);
    private int free = seats;
    private int waiting;
    private int turn;

    public string Name => name;

    private sealed record Waiter(string Client)
    {
        public TaskCompletionSource Seat { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Completes with a seat, which has to be given back. Throws a 429 when the client's queues are full, or no seat came in time.</summary>
    public ValueTask EnterAsync(string client, TimeProvider time, CancellationToken ct)
    {
        LinkedListNode<Waiter> place;
        LinkedList<Waiter> queue;
        lock (gate)
        {
            // While seats are free, whoever waits has his share already.
            if (free > 0 && MaySit(client))
            {
                Sit(client);
                return ValueTask.CompletedTask;
            }
            queue = Shortest(client);
            if (queue.Count >= QueueLength)
            {
                throw ApiErrors.TooManyRequests();
            }
            place = queue.AddLast(new Waiter(client));
            waiting++;
        }
        return WaitAsync(queue, place, time, ct);
    }

    /// <summary>Gives a client's seat back.</summary>
    public void Leave(string client)
    {
        lock (gate)
        {
            free++;
            if (--CollectionsMarshal.GetValueRefOrNullRef(seated, client) == 0)
            {
                seated.Remove(client);
            }
            for (var i = 0; i < Queues && waiting > 0; i++)
            {
                turn = (turn + 1) % Queues;
                if (queues[turn].First is { } next && MaySit(next.Value.Client))
                {
                    queues[turn].RemoveFirst();
                    waiting--;
                    Sit(next.Value.Client);
                    next.Value.Seat.SetResult();
                    return;
                }
            }
        }
    }

    private bool MaySit(string client) => seated.GetValueOrDefault(client) < share;

    private void Sit(string client)
    {
        free--;
        CollectionsMarshal.GetValueRefOrAddDefault(seated, client, out _)++;
    }

    private async ValueTask WaitAsync(LinkedList<Waiter> queue, LinkedListNode<Waiter> place, TimeProvider time, CancellationToken ct)
    {
        try
        {
            await place.Value.Seat.Task.WaitAsync(LongestWait, time, ct);
        }
        catch (Exception error) when (error is TimeoutException or OperationCanceledException)
        {
            lock (gate)
            {
                if (place.List is not null)
                {
                    queue.Remove(place);
                    waiting--;
                    throw error is TimeoutException ? ApiErrors.TooManyRequests() : error;
                }
            }
            if (error is OperationCanceledException)
            {
                // The seat came with the last moment: somebody else has use for it.
                Leave(place.Value.Client);
                throw;
            }
        }
    }

    private LinkedList<Waiter> Shortest(string client)
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
