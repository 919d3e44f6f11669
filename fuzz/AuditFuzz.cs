using System.Text;
using Vitrine.ApiServer.Access;
using Vitrine.ApiServer.Audit;
using Vitrine.ApiServer.Auth;

namespace Vitrine.Fuzz;

/// <summary>Audit policies: read and asked, or refused with a reason.</summary>
internal static class AuditFuzz
{
    private static readonly AccessQuestion Question = new(new ClientUser("bob", ["dev"], DateTimeOffset.MaxValue), "get", "", "pods") { Namespace = "default", Name = "a", Subresource = "log" };

    public static string[] Seeds { get; } =
    [
        "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n- level: Metadata\n  users: [bob]\n  resources: [{group: \"\", resources: [pods, \"pods/*\", \"*/log\"], resourceNames: [a]}]\n- level: None\n  nonResourceURLs: [\"/healthz*\"]\n",
        "{apiVersion: audit.k8s.io/v1, kind: Policy, rules: [{level: RequestResponse, verbs: [get], namespaces: [default], userGroups: [dev]}]}",
    ];

    public static void Parse(byte[] input)
    {
        try
        {
            AuditPolicy.Parse(Encoding.Latin1.GetString(input)).LevelOf(Question);
        }
        catch (FormatException)
        {
            // Refused.
        }
    }
}
