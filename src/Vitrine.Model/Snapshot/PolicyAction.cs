namespace Vitrine.Model.Snapshot;

/// <summary>What a rule of a policy does with what it is about.</summary>
public enum PolicyAction
{
    Accept,
    Deny,

    /// <summary>The next tier decides.</summary>
    Pass,
}
