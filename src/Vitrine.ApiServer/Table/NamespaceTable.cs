using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Table;

internal static class NamespaceTable
{
    public static TableLayout Layout { get; } = new(
        [TableColumn.ObjectName, new("Status", "The status of the namespace"), TableColumn.Age],
        static (ns, now) => [Ages.NameOf(ns), ns.TextAt("status.phase"), Ages.Of(ns, now)]);
}
