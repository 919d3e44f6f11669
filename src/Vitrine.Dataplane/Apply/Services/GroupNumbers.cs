namespace Vitrine.Dataplane.Apply.Services;

/// <summary>Numbers of groups in one address family: 1 and up, each once at a time, those given back used again last.</summary>
internal sealed class GroupNumbers
{
    private readonly Queue<uint> free = [];
    private readonly HashSet<uint> adopted = [];
    private uint next = 1;

    /// <summary>Null when there are none left.</summary>
    public uint? Take()
    {
        for (; next <= ServiceValue.MostGroups; next++)
            if (!adopted.Contains(next))
                return next++;
        return free.TryDequeue(out var again) ? again : null;
    }

    public void GiveBack(uint number) => free.Enqueue(number);

    /// <summary>One that is in the kernel already.</summary>
    public void Adopt(uint number) => adopted.Add(number);
}
