using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Table;

internal static class LeaseTable
{
    public static TableLayout Layout { get; } = new(
        [TableColumn.ObjectName, new("Holder", "The identity of the holder of the lease."), TableColumn.Age],
        static (lease, now) => [Ages.NameOf(lease), lease.TextAt("spec.holderIdentity"), Ages.Of(lease, now)]);
}
