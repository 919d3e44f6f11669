using System.Text.Json.Nodes;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Defaulting;

/// <summary>Source: pkg/apis/rbac/v1/defaults.go.</summary>
internal static class BindingDefaults
{
    public static void Apply(JsonObject binding)
    {
        if (binding.Object("roleRef") is { } role)
        {
            role.DefaultText("apiGroup", RbacKinds.Group);
        }
        foreach (var subject in binding.Objects("subjects"))
        {
            if (subject.Text("kind") is "User" or "Group")
            {
                subject.DefaultText("apiGroup", RbacKinds.Group);
            }
        }
    }
}
