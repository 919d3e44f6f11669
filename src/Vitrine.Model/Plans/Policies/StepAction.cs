namespace Vitrine.Model.Plans.Policies;

/// <summary>What a step of a ladder does with a packet whose other end is one of its peers.</summary>
public enum StepAction
{
    Allow,
    Deny,

    /// <summary>The rest of the Admin tier is left out; <see cref="Ladder.Rest"/> decides. Only in <see cref="Ladder.Admin"/>.</summary>
    Pass,
}
