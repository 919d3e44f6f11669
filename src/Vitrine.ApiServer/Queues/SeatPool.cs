using Vitrine.ApiServer.Errors;

namespace Vitrine.ApiServer.Queues;

/// <summary>
/// The seats of all levels. A level that has none left borrows one that is free elsewhere and may be lent; it goes back to those who wait at home first. What a level
/// does not lend is always its own.
/// </summary>
internal sealed class SeatPool
{
    private static readonly TimeSpan s_longestWait = TimeSpan.FromSeconds(15);

    private readonly Lock _gate = new();
    private Dictionary<string, PriorityLevel> _levels = [];

    public SeatPool(IEnumerable<LevelPlan> plans) => Change(plans);

    /// <summary>From now on; whoever sits stays, and whoever waits in a level that is gone gets the seats that become free there.</summary>
    public void Change(IEnumerable<LevelPlan> plans)
    {
        lock (_gate)
        {
            Dictionary<string, PriorityLevel> next = new(StringComparer.Ordinal);
            foreach (LevelPlan plan in plans)
            {
                PriorityLevel level = _levels.GetValueOrDefault(plan.Name) ?? new PriorityLevel(plan);
                level.Plan = plan;
                next.Add(plan.Name, level);
            }

            _levels = next;
            foreach (PriorityLevel level in next.Values)
            {
                while (Admit(level))
                {
                }
            }
        }
    }

    /// <summary>Completes with a seat, which has to be given back; default for a level that needs none. Throws a 429 when the flow's queues are full, or no seat came in time.</summary>
    public ValueTask<Seat> EnterAsync(string name, string flow, TimeProvider time, CancellationToken ct)
    {
        PriorityLevel level;
        PriorityLevel.Waiter waiter;
        lock (_gate)
        {
            // A level may have gone since its schema was found.
            level = _levels.GetValueOrDefault(name) ?? _levels[FlowDefaults.CatchAll];
            if (level.Plan.Exempt)
            {
                return default;
            }

            // While seats are free, whoever waits has his share already.
            if (Take(level, flow) is { } seat)
            {
                return ValueTask.FromResult(seat);
            }

            waiter = level.Queue(flow) ?? throw ApiErrors.TooManyRequests();
        }

        return WaitAsync(level, waiter, time, ct);
    }

    public void Leave(in Seat seat)
    {
        if (seat.Level is null)
        {
            return;
        }

        lock (_gate)
        {
            seat.Level.Leave(seat);
            if (Admit(seat.Home) || (seat.Level != seat.Home && Admit(seat.Level)))
            {
                return;
            }

            foreach (PriorityLevel level in _levels.Values)
            {
                if (level.Waiting > 0 && Admit(level))
                {
                    return;
                }
            }
        }
    }

    private bool Admit(PriorityLevel level)
    {
        if (level.Waiting == 0)
        {
            return false;
        }

        Seat seat = default;
        if (level.Next(flow => Take(level, flow) is { } taken && (seat = taken).Level is not null) is not { } next)
        {
            return false;
        }

        next.Seat.SetResult(seat);
        return true;
    }

    private Seat? Take(PriorityLevel level, string flow)
    {
        if (level.TrySit(flow))
        {
            return new Seat(level, level, flow);
        }

        foreach (PriorityLevel lender in _levels.Values)
        {
            if (level.TryBorrow(lender))
            {
                return new Seat(level, lender, flow);
            }
        }

        return null;
    }

    private async ValueTask<Seat> WaitAsync(PriorityLevel level, PriorityLevel.Waiter waiter, TimeProvider time, CancellationToken ct)
    {
        try
        {
            return await waiter.Seat.Task.WaitAsync(s_longestWait, time, ct);
        }
        catch (Exception error) when (error is TimeoutException or OperationCanceledException)
        {
            lock (_gate)
            {
                if (level.Remove(waiter))
                {
                    throw error is TimeoutException ? ApiErrors.TooManyRequests() : error;
                }
            }

            Seat late = await waiter.Seat.Task;
            if (error is TimeoutException)
            {
                return late;
            }

            // The seat came with the last moment: somebody else has use for it.
            Leave(late);
            throw;
        }
    }
}
