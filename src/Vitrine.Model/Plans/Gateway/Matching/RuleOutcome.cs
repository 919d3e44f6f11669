namespace Vitrine.Model.Plans.Gateway.Matching;

/// <summary>What became of one rule when a request was asked about.</summary>
public enum RuleOutcome
{
    /// <summary>It takes the request.</summary>
    Chosen,

    /// <summary>It would match, but one before it did.</summary>
    Later,

    /// <summary>Its host fits, but a more specific one does, too, and takes all.</summary>
    LessSpecificHost,

    /// <summary>Its host is another.</summary>
    Host,

    Path,

    Method,

    Header,

    Query,

    Cookie,

    /// <summary>One of its expressions cannot be read; it matches nothing.</summary>
    Expression,
}
