using System.Collections.Immutable;
using Vitrine.Dataplane.Apply.Services;
using Vitrine.Linux.Interop;
using Vitrine.Linux.Nft;

namespace Vitrine.Unit.Dataplane;

/// <summary>
/// A table as the kernel keeps it: keys are unique, a key that is there may be added again with the same value only (EEXIST), one that is not there cannot be
/// deleted (ENOENT), a front end needs a chain for its mode, and of a transaction that is refused nothing happens. test/Kernel holds it against the kernel.
/// </summary>
internal sealed class FakeServiceTable(ServiceSkeleton skeleton) : IServiceTable
{
    private ImmutableDictionary<(NftSet, NftKey, NftKey), NftElement>? elements;
    private ImmutableDictionary<ServiceMode, uint> modes = ImmutableDictionary<ServiceMode, uint>.Empty;

    /// <summary>How many transactions there were.</summary>
    public int Commits { get; private set; }

    public ServiceContents? Read() => elements is null ? null : new ServiceContents(modes, [.. elements.Select(e => new ServiceElement(e.Key.Item1, e.Value))]);

    public void Create() => (elements, modes) = (ImmutableDictionary<(NftSet, NftKey, NftKey), NftElement>.Empty, ImmutableDictionary<ServiceMode, uint>.Empty);

    /// <summary>As `nft flush ruleset` leaves it.</summary>
    public void Flush() => elements = null;

    public void Commit(ServiceChanges changes, IReadOnlyDictionary<ServiceMode, uint> numbers)
    {
        Commits++;
        var next = (elements ?? throw Refused(Errno.ENOENT)).ToBuilder();
        foreach (var (set, deleted) in changes.Deleted)
            foreach (var element in deleted)
                if (!next.Remove(Identity(set, element)))
                    throw Refused(Errno.ENOENT);
        foreach (var (set, added) in changes.Added)
            foreach (var element in added)
                if (!skeleton.Families.Any(f => f.Written.Contains(set)))
                    throw Refused(Errno.ENOENT);
                else if (!next.TryGetValue(Identity(set, element), out var held))
                    next[Identity(set, element)] = element;
                else if (!Nullable.Equals(held.Value, element.Value))
                    throw Refused(Errno.EEXIST, $"{set.Name} {element.Key}: {held.Comment} and {element.Comment}");
        elements = next.ToImmutable();
        modes = modes.SetItems(changes.NewModes.Select(m => KeyValuePair.Create(m, numbers[m])));
    }

    private static (NftSet, NftKey, NftKey) Identity(NftSet set, NftElement element) => (set, element.Key, element.Last ?? element.Key);

    private static LinuxException Refused(int errno, string why = "") => new("change nftables", errno, why);
}
