using System.Runtime.InteropServices;

namespace Vitrine.ApiServer.Queues;

/// <summary>
/// Seats for the requests of one level, and queues for those that find none. Each flow has a hand of queues, chosen by its name, and waits in the
/// shortest of them: one that sends without end fills its own hand, and others have at least one queue that is not in it. Free seats go round the queues in turn,
/// and no flow has more than three quarters of the level's own seats, however slowly it sends its bodies. Source: KEP-1040, API Priority and Fairness.
/// </summary>
/// <remarks>Guarded by its <see cref="SeatPool"/>.</remarks>
internal sealed class PriorityLevel(LevelPlan plan)
{
    private readonly Dictionary<int, LinkedList<Waiter>> _queues = [];
    // Those that are not empty, the one whose turn it is first.
    private readonly LinkedList<int> _turns = [];
    private readonly Dictionary<string, int> _seated = new(StringComparer.Ordinal);
    private int _used;
    private int _lent;
    private int _borrowed;

    public LevelPlan Plan { get; set; } = plan;

    public int Waiting { get; private set; }

    private int Free => Plan.Seats - _used - _lent;

    /// <summary>A seat of its own for a request of its own.</summary>
    public bool TrySit(string flow)
    {
        if (Free <= 0 || _seated.GetValueOrDefault(flow) >= Math.Max(1, Plan.Seats * 3 / 4))
        {
            return false;
        }

        _used++;
        CollectionsMarshal.GetValueRefOrAddDefault(_seated, flow, out _)++;
        return true;
    }

    /// <summary>A seat of another level, which has to have one that is free and may be lent.</summary>
    public bool TryBorrow(PriorityLevel lender)
    {
        if (lender == this || _borrowed >= Plan.Borrowing || lender.Free <= 0 || lender._lent >= lender.Plan.Lendable)
        {
            return false;
        }

        _borrowed++;
        lender._lent++;
        return true;
    }

    public void Leave(in Seat seat)
    {
        if (seat.Home != this)
        {
            _borrowed--;
            seat.Home._lent--;
            return;
        }

        _used--;
        if (--CollectionsMarshal.GetValueRefOrNullRef(_seated, seat.Flow) == 0)
        {
            _seated.Remove(seat.Flow);
        }
    }

    /// <summary>A place in a queue, or null when the flow's are full or nobody waits here.</summary>
    public Waiter? Queue(string flow)
    {
        if (Plan.Queues == 0)
        {
            return null;
        }

        int shortest = Shortest(flow);
        if (Length(shortest) >= Plan.QueueLength)
        {
            return null;
        }

        if (!_queues.TryGetValue(shortest, out LinkedList<Waiter>? queue))
        {
            _queues.Add(shortest, queue = []);
            _turns.AddLast(shortest);
        }

        Waiter waiter = new(flow, shortest);
        queue.AddLast(waiter);
        Waiting++;
        return waiter;
    }

    /// <summary>The first in turn who can have a seat; <paramref name="take"/> is asked for each queue's first until it says yes. Null when nobody can.</summary>
    public Waiter? Next(Func<string, bool> take)
    {
        for (LinkedListNode<int>? turn = _turns.First; turn is not null; turn = turn.Next)
        {
            Waiter first = _queues[turn.Value].First!.Value;
            if (take(first.Flow))
            {
                Remove(first);
                if (_queues.ContainsKey(first.Queue))
                {
                    _turns.Remove(first.Queue);
                    _turns.AddLast(first.Queue);
                }

                return first;
            }
        }

        return null;
    }

    /// <summary>False when he is not waiting any longer.</summary>
    public bool Remove(Waiter waiter)
    {
        if (!_queues.TryGetValue(waiter.Queue, out LinkedList<Waiter>? queue) || !queue.Remove(waiter))
        {
            return false;
        }

        Waiting--;
        if (queue.Count == 0)
        {
            _queues.Remove(waiter.Queue);
            _turns.Remove(waiter.Queue);
        }

        return true;
    }

    private int Length(int queue) => _queues.TryGetValue(queue, out LinkedList<Waiter>? waiting) ? waiting.Count : 0;

    // A hand of different queues, dealt out of one hash of the flow's name (FNV-1a): each card is one of those that are left.
    private int Shortest(string flow)
    {
        ulong hash = 14695981039346656037UL;
        foreach (char letter in flow)
        {
            hash = (hash ^ letter) * 1099511628211UL;
        }

        Span<int> dealt = stackalloc int[Plan.Hand];
        int shortest = -1;
        for (int i = 0; i < dealt.Length; i++)
        {
            ulong left = (ulong)(Plan.Queues - i);
            int card = (int)(hash % left);
            hash /= left;
            Span<int> before = dealt[..i];
            foreach (int other in before)
            {
                if (card >= other)
                {
                    card++;
                }
            }

            dealt[i] = card;
            dealt[..(i + 1)].Sort();
            if (shortest < 0 || Length(card) < Length(shortest))
            {
                shortest = card;
            }
        }

        return shortest;
    }

    internal sealed record Waiter(string Flow, int Queue)
    {
        public TaskCompletionSource<Seat> Seat { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool Equals(Waiter? other) => ReferenceEquals(this, other);

        public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
    }
}
