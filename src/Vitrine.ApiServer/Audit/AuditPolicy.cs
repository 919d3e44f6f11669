using System.Text.Json.Nodes;
using Vitrine.ApiServer.Access;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Audit;

/// <summary>audit.k8s.io/v1 Policy: the first rule that holds says how much is written (https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/).</summary>
internal sealed record AuditPolicy(AuditRule[] Rules)
{
    /// <summary>Without a file: who did what, of everything.</summary>
    public static AuditPolicy Everything { get; } = new([new AuditRule(AuditLevel.Metadata, [], [], [], [], [], [])]);

    /// <summary>Throws an <see cref="IOException"/> that names the file and what is wrong with it.</summary>
    public static AuditPolicy Load(string file)
    {
        try
        {
            return Parse(File.ReadAllText(file));
        }
        catch (Exception error) when (error is FormatException or UnauthorizedAccessException)
        {
            throw new IOException($"the audit policy {file} cannot be used: {error.Message}", error);
        }
    }

    /// <summary>Throws a <see cref="FormatException"/>.</summary>
    public static AuditPolicy Parse(string text)
    {
        var policy = YamlTree.Parse(text, []) as JsonObject ?? throw new FormatException("it is no object");
        if (policy.Text("kind") != "Policy" || policy.Text("apiVersion") != "audit.k8s.io/v1")
        {
            throw new FormatException("it is no Policy of audit.k8s.io/v1");
        }
        var index = 0;
        AuditRule[] rules = [.. policy.Objects("rules").Select(rule => AuditRule.Read(rule, $"rules[{index++}]"))];
        return rules.Length > 0 ? new AuditPolicy(rules) : throw new FormatException("rules: there is none");
    }

    public AuditLevel LevelOf(in AccessQuestion question)
    {
        foreach (var rule in Rules)
        {
            if (rule.Holds(question))
            {
                return rule.Level;
            }
        }
        return AuditLevel.None;
    }
}
