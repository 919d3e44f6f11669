namespace Vitrine.Model.Plans.Gateway;

/// <summary>What a header, query parameter or cookie must be.</summary>
/// <param name="Name">of headers in any case; of the others as written</param>
/// <param name="Value">text, or an expression over the whole value</param>
/// <param name="Regex">Value is an expression, without backtracking</param>
public sealed record ValueMatch(string Name, string Value, bool Regex = false);
