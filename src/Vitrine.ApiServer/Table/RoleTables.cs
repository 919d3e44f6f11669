using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Table;

/// <summary>Source: printRole, printRoleBinding and their like of pkg/printers/internalversion.</summary>
internal static class RoleTables
{
    public static TableLayout Role { get; } = TableLayout.NameAndAge;

    public static TableLayout Binding { get; } = new(
    [
        TableColumn.ObjectName,
        new("Role", "The kind and name of the role that is granted."),
        TableColumn.Age,
        new("Users", "Users in the roleBinding", Priority: 1),
        new("Groups", "Groups in the roleBinding", Priority: 1),
        new("ServiceAccounts", "ServiceAccounts in the roleBinding", Priority: 1),
    ],
    static (binding, now) =>
    [
        Ages.NameOf(binding),
        $"{binding.TextAt("roleRef.kind")}/{binding.TextAt("roleRef.name")}",
        Ages.Of(binding, now),
        Subjects(binding, "User", static s => s.Text("name")),
        Subjects(binding, "Group", static s => s.Text("name")),
        Subjects(binding, "ServiceAccount", static s => $"{s.Text("namespace")}/{s.Text("name")}"),
    ]);

    private static string Subjects(JsonObject binding, string kind, Func<JsonObject, string> name) =>
        string.Join(", ", binding.Objects("subjects").Where(s => s.Text("kind") == kind).Select(name));
}
