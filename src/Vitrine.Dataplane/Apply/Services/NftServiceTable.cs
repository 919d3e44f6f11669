using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Vitrine.Linux.Nft;

namespace Vitrine.Dataplane.Apply.Services;

/// <summary>The table in the kernel.</summary>
internal sealed class NftServiceTable(NftSocket socket, ServiceSkeleton skeleton) : IServiceTable
{
    public ServiceContents? Read()
    {
        if (!socket.ListTables().Contains(skeleton.Table))
            return null;
        var modes = ImmutableDictionary.CreateBuilder<ServiceMode, uint>();
        var family = skeleton.Families[0];
        var chain = family.ChainOf(default)[..^"0".Length];
        if (!socket.ListSets(skeleton.Table).Contains(family.Modes))
            return null;
        foreach (var element in socket.ListElements(family.Modes))
            if (element.Verdict?.Chain is { } target && target.StartsWith(chain, StringComparison.Ordinal) && ServiceMode.Parse(target[chain.Length..]) is { } mode)
                modes[mode] = ServiceValue.High(MemoryMarshal.Read<uint>(element.Key.Bytes));
        var spec = skeleton.Spec(modes);
        if (!spec.SkeletonIsIn(socket) || !skeleton.Families.All(f => new HashSet<NftKey>(socket.ListElements(f.Modes).Select(e => e.Key)).SetEquals(spec.Elements[f.Modes.Name].Select(e => e.Key))))
            return null;
        return new ServiceContents(modes.ToImmutable(), [.. skeleton.Families.SelectMany(f => f.Written).SelectMany(set => socket.ListElements(set).Select(e => new ServiceElement(set, e)))]);
    }

    public void Create()
    {
        var batch = socket.Batch();
        if (socket.ListTables().Contains(skeleton.Table))
            batch.DeleteTable(skeleton.Table);
        batch.AddTable(skeleton.Spec(ImmutableDictionary<ServiceMode, uint>.Empty)).Send();
    }

    public void Commit(ServiceChanges changes, IReadOnlyDictionary<ServiceMode, uint> modes)
    {
        var batch = socket.Batch();
        foreach (var mode in changes.NewModes)
            skeleton.AddMode(batch, mode, modes[mode]);
        foreach (var (set, elements) in changes.Deleted)
            batch.DeleteElements(set, elements);
        foreach (var (set, elements) in changes.Added)
            batch.AddElements(set, elements);
        batch.Send();
    }
}
