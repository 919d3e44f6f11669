using Vitrine.Model.Plans;

namespace Vitrine.Dataplane.Apply.Services;

/// <summary>
/// Makes a table as a plan says. Each Service changes in one transaction, so that a packet meets its old self or its new one; a cold start is many
/// transactions of bounded size. After anything went wrong the next pass compares with what is really there.
/// </summary>
internal sealed class ServiceApply(IServiceTable table, ServiceSkeleton skeleton)
{
    // A few milliseconds of work at a time.
    private const int MostElements = 4096;
    private ServiceState? state;

    /// <summary>The plan in force; null before the first pass and after a failed one.</summary>
    public ServicePlan? Plan => state?.Plan;

    /// <summary>Services that have no place in the table, since numbers have run out.</summary>
    public IReadOnlyCollection<string> LeftOut => state?.LeftOut ?? [];

    /// <summary>Puts in what differs from the plan before. Costs what changed.</summary>
    /// <param name="plan">made from <see cref="Plan"/></param>
    /// <param name="changed">Services that may differ; null to look at all</param>
    /// <returns>how many elements changed</returns>
    public int Update(ServicePlan plan, IReadOnlySet<string>? changed = null)
    {
        if (state?.Plan is not { } before)
            return Verify(plan);
        try
        {
            return Write(state, plan, ServiceDifference.Of(before, plan, changed));
        }
        catch
        {
            state = null;
            throw;
        }
    }

    /// <summary>Compares with the table itself, and puts right whatever differs.</summary>
    public int Verify(ServicePlan plan)
    {
        var contents = table.Read();
        try
        {
            if (contents is null)
            {
                table.Create();
                state = new ServiceState(skeleton);
                return Write(state, plan, plan.Services.Keys);
            }
            if (state?.Plan is null)
            {
                state = new ServiceState(skeleton);
                state.Adopt(contents);
            }
            var changes = new ServiceChanges();
            var needed = new ServiceChanges();
            foreach (var service in state.Plan is { } before ? ServiceDifference.Of(before, plan, null) : plan.Services.Keys)
                state.Change(plan, service, needed);
            changes.NewModes.AddRange(needed.NewModes);
            changes.Difference(contents.Elements, state.Elements(plan));
            Commit(state, changes);
            state.Done(plan);
            return changes.Count;
        }
        catch
        {
            state = null;
            throw;
        }
    }

    private int Write(ServiceState into, ServicePlan plan, IEnumerable<string> services)
    {
        var total = 0;
        var changes = new ServiceChanges();
        into.ChangeCommon(plan, ranges: false, changes);
        foreach (var service in services)
        {
            into.Change(plan, service, changes);
            if (changes.Count < MostElements)
                continue;
            total += Commit(into, changes);
            changes = new ServiceChanges();
        }
        into.ChangeCommon(plan, ranges: true, changes);
        total += Commit(into, changes);
        into.Done(plan);
        return total;
    }

    private int Commit(ServiceState of, ServiceChanges changes)
    {
        if (changes.Count > 0 || changes.NewModes.Count > 0)
            table.Commit(changes, of.Modes.Known);
        return changes.Count;
    }
}
