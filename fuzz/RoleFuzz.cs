using System.Text.Json.Nodes;
using Vitrine.ApiServer.Access;
using Vitrine.ApiServer.Auth;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Objects;

namespace Vitrine.Fuzz;

/// <summary>Rules of roles, whatever their JSON is: a rule covers its own atoms, and what it covers it allows.</summary>
internal static class RoleFuzz
{
    private static readonly AccessQuestion Question = new(new ClientUser("bob", [], DateTimeOffset.MaxValue), "get", "", "pods") { Name = "a", Subresource = "log" };

    public static string[] Seeds { get; } =
    [
        """{"rules":[{"verbs":["get","*"],"apiGroups":["","*"],"resources":["pods","pods/log","*/log","*"],"resourceNames":["a"]}]}""",
        """{"rules":[{"verbs":["get"],"nonResourceURLs":["/healthz","/api*","*"]}]}""",
    ];

    public static void Parse(byte[] input)
    {
        JsonObject role;
        try
        {
            // As a request's body is read: what is stored has passed there.
            role = ObjectDecoder.Decode(input, "application/json", RbacKinds.ClusterRole, FieldValidation.Ignore, []);
        }
        catch (ApiException)
        {
            return;
        }
        // Names beside paths are refused when a role is written: upstream's rules cover nothing then.
        foreach (var rule in AccessRule.ReadAll(role).Where(static rule => rule.Paths.Length == 0 || rule.Names.Length == 0))
        {
            foreach (var atom in RuleAtoms.Of([rule]).Take(1000))
            {
                if (!rule.Covers(atom) || (atom.Allows(Question) && !rule.Allows(Question)))
                {
                    throw new InvalidOperationException($"{rule.ToJson()} is less than its part {atom.ToJson()}");
                }
            }
        }
    }
}
