using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Table;

internal static class ConfigMapTable
{
    public static TableLayout Layout { get; } = new(
        [TableColumn.ObjectName, new("Data", "Data contains the configuration data."), TableColumn.Age],
        static (map, now) => [Ages.NameOf(map), (map.Object("data")?.Count ?? 0) + (map.Object("binaryData")?.Count ?? 0L), Ages.Of(map, now)]);
}
