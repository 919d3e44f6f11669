using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Table;

internal static class ServiceAccountTable
{
    public static TableLayout Layout { get; } = new(
        [TableColumn.ObjectName, new("Secrets", "The number of secrets that pods running with this service account may use."), TableColumn.Age],
        static (account, now) => [Ages.NameOf(account), account.Array("secrets")?.Count ?? 0L, Ages.Of(account, now)]);
}
