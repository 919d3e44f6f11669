using System.Collections.Immutable;
using System.Text.Json;
using k8s.Models;

namespace Vitrine.Model.Snapshot;

/// <summary>
/// A metav1.LabelSelector: every requirement must hold. No requirement at all selects everything; whether an absent selector
/// means everything or nothing is for the field it stands in to say.
/// </summary>
public sealed record LabelSelector(ImmutableArray<LabelRequirement> Requirements)
{
    public static readonly LabelSelector Everything = new(ImmutableArray<LabelRequirement>.Empty);

    public bool IsEmpty => Requirements.IsEmpty;

    /// <summary>matchLabels and matchExpressions; null stays null. An expression without an operator is never true.</summary>
    public static LabelSelector? Read(V1LabelSelector? selector) => selector is null
        ? null
        : new LabelSelector(
        [
            .. (selector.MatchLabels ?? ImmutableDictionary<string, string>.Empty).Select(l => new LabelRequirement(l.Key, "In", [l.Value ?? ""])),
            .. (selector.MatchExpressions ?? []).Select(e => new LabelRequirement(e?.Key ?? "", e?.OperatorProperty ?? "", [.. (e?.Values ?? []).Select(v => v ?? "")])),
        ]);

    /// <summary>A plain map, as Services and ReplicationControllers have it.</summary>
    public static LabelSelector Of(IEnumerable<KeyValuePair<string, string>>? labels) =>
        labels is null ? Everything : new LabelSelector([.. labels.Select(l => new LabelRequirement(l.Key, "In", [l.Value]))]);

    public LabelSelector And(LabelRequirement requirement) => new(Requirements.Add(requirement));

    public bool Matches(IDictionary<string, string>? labels)
    {
        foreach (var requirement in Requirements)
        {
            if (!requirement.Matches(labels))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>As kubectl takes it: app=web,tier in (a,b),!old. Sorted, so that equal ones have one text; odd values are quoted, so that others have another.</summary>
    public override string ToString() => string.Join(',', Requirements.Select(r => r.ToString()).Order(StringComparer.Ordinal));

    public bool Equals(LabelSelector? other) => other is not null && Requirements.SequenceEqual(other.Requirements);

    public override int GetHashCode() => Requirements.Aggregate(0, (h, r) => HashCode.Combine(h, r));
}

/// <summary>One requirement on a label; operators In, NotIn, Exists, DoesNotExist, and for nodes Gt and Lt (integers).</summary>
public sealed record LabelRequirement(string Key, string Operator, ImmutableArray<string> Values)
{
    public bool Matches(IDictionary<string, string>? labels)
    {
        string? value = null;
        var has = labels is not null && labels.TryGetValue(Key, out value);
        return Operator switch
        {
            "In" => has && Values.Contains(value!),
            "NotIn" => !has || !Values.Contains(value!),
            "Exists" => has,
            "DoesNotExist" => !has,
            "Gt" => has && Numbers(value!, out var a, out var b) && a > b,
            "Lt" => has && Numbers(value!, out var a, out var b) && a < b,
            _ => false,
        };
    }

    public override string ToString() => Operator switch
    {
        "In" when Values.Length == 1 => $"{Quoted(Key)}={Quoted(Values[0])}",
        "Exists" => Quoted(Key),
        "DoesNotExist" => $"!{Quoted(Key)}",
        _ => $"{Quoted(Key)} {Operator.ToLowerInvariant()} ({string.Join(',', Values.Order(StringComparer.Ordinal).Select(Quoted))})",
    };

    public bool Equals(LabelRequirement? other) => other is not null && Key == other.Key && Operator == other.Operator && Values.SequenceEqual(other.Values);

    public override int GetHashCode() => HashCode.Combine(Key, Operator, Values.Length);

    private static string Quoted(string value) => value.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or '/') ? value : $"\"{JsonEncodedText.Encode(value)}\"";

    private bool Numbers(string value, out long a, out long b)
    {
        b = 0;
        return long.TryParse(value, out a) && Values.Length == 1 && long.TryParse(Values[0], out b);
    }
}
