namespace Vitrine.Dataplane.Apply.Services;

/// <summary>Numbers for modes. Without affinity it is the count of backends; the others are given one when they first come up, and keep it.</summary>
internal sealed class ServiceModes
{
    // 4093 to 4095 are no modes but fates.
    private const uint FirstGiven = 2048, LastGiven = 4092;
    private readonly Dictionary<ServiceMode, uint> numbers = [];
    private uint next = FirstGiven;

    /// <summary>All that have chains in the kernel.</summary>
    public IReadOnlyDictionary<ServiceMode, uint> Known => numbers;

    /// <summary>The mode's number; <paramref name="added"/> hears of one that has no chains yet. Null when no number is left.</summary>
    public uint? NumberOf(ServiceMode mode, ICollection<ServiceMode> added)
    {
        if (numbers.TryGetValue(mode, out var number))
            return number;
        if (mode.AffinitySeconds == 0 && mode.Count < FirstGiven)
            number = (uint)mode.Count;
        else if (next <= LastGiven)
            number = next++;
        else
            return null;
        numbers[mode] = number;
        added.Add(mode);
        return number;
    }

    /// <summary>One that is in the kernel already.</summary>
    public void Adopt(ServiceMode mode, uint number)
    {
        numbers[mode] = number;
        if (number >= next)
            next = number + 1;
    }
}
