namespace Vitrine.Model.Plans.Gateway.Matching;

/// <summary>What a request carries under names, asked for only by rules that look at it.</summary>
public interface IRequestValues
{
    /// <summary>A header's value, several of one name joined by commas (RFC 9110 §5.3); null where it is absent. Names in any case.</summary>
    string? Header(string name);

    /// <summary>The first value of a query parameter, decoded; null where it is absent.</summary>
    string? Query(string name);

    /// <summary>The first value of a cookie; null where it is absent.</summary>
    string? Cookie(string name);
}
