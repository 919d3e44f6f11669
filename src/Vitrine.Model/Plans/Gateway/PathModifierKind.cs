namespace Vitrine.Model.Plans.Gateway;

/// <summary>What a path modifier replaces.</summary>
public enum PathModifierKind
{
    /// <summary>All of the path.</summary>
    Full,

    /// <summary>The prefix that matched, element by element (Gateway API ReplacePrefixMatch).</summary>
    Prefix,

    /// <summary>What the rule's expression matched; $1 … name its groups (ingress-nginx rewrite-target).</summary>
    Regex,
}
