using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Table;

internal static class SecretTable
{
    public static TableLayout Layout { get; } = new(
        [TableColumn.ObjectName, new("Type", "Used to facilitate programmatic handling of secret data."), new("Data", "The number of secret values."), TableColumn.Age],
        static (secret, now) => [Ages.NameOf(secret), secret.Text("type"), secret.Object("data")?.Count ?? 0L, Ages.Of(secret, now)]);
}
