namespace Vitrine.Model.Plans;

/// <summary>The place a rule is written: an object and the field in it.</summary>
/// <param name="Kind">Ingress, HTTPRoute, Gateway, NetworkPolicy …</param>
/// <param name="Namespace">of the object</param>
/// <param name="Name">of the object</param>
/// <param name="Field">as kubectl explain spells it, with indices: spec.rules[0].http.paths[1]; empty for the object as a whole</param>
public sealed record RuleSource(string Kind, string Namespace, string Name, string Field = "")
{
    /// <summary>kind/namespace/name, the key of an owner everywhere else.</summary>
    public string Owner => $"{Kind}/{Namespace}/{Name}";

    /// <summary>As kubectl names it.</summary>
    public string Object => Namespace.Length == 0 ? $"{Kind.ToLowerInvariant()}/{Name}" : $"{Kind.ToLowerInvariant()}/{Namespace}/{Name}";

    public override string ToString() => Field.Length == 0 ? Owner : $"{Owner} {Field}";
}
