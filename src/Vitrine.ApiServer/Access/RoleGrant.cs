using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Access;

/// <summary>A role that one user or group has by a binding.</summary>
/// <param name="Binding">Kind and name, e.g. <c>RoleBinding "readers/default"</c>.</param>
/// <param name="Role">Kind and name, e.g. <c>Role "reader"</c>.</param>
internal sealed record RoleGrant(string Binding, string Role, JsonObject Subject, AccessRule[] Rules)
{
    /// <summary>In upstream's words, for whoever asks why.</summary>
    public string Description => $"{Binding} of {Role} to {Subject.Text("kind")} \"{Subject.Text("name")}{(Subject.Text("kind") == "ServiceAccount" ? $"/{Subject.Text("namespace")}" : "")}\"";

    public bool Allows(in AccessQuestion question)
    {
        foreach (var rule in Rules)
        {
            if (rule.Allows(question))
            {
                return true;
            }
        }
        return false;
    }
}
