using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Validation;

/// <summary>What HTTPRoutes and GRPCRoutes share.</summary>
internal static partial class RouteRules
{
    private const int MaxItems = 16;

    public static void Parents(JsonObject? spec, List<FieldCause> causes)
    {
        var parents = spec.Objects("parentRefs").ToArray();
        AtMost(parents.Length, 32, "spec.parentRefs", causes);
        var seen = new HashSet<string>();
        for (var i = 0; i < parents.Length; i++)
        {
            var (parent, at) = (parents[i], $"spec.parentRefs[{i}]");
            causes.Require(parent, at, "name");
            Port(parent, at, causes);
            if (!seen.Add($"{parent.Text("group")}|{parent.Text("kind")}|{parent.Text("namespace")}|{parent.Text("name")}|{parent.Text("sectionName")}|{parent.Number("port")}"))
            {
                causes.Add(Cause.Invalid("spec.parentRefs", parent.Text("name"), "sectionName or port must be unique when parentRefs includes 2 or more references to the same parent"));
            }
        }
        foreach (var (i, host) in (spec.Array("hostnames") ?? []).Index())
        {
            Hostname($"spec.hostnames[{i}]", host.AsText() ?? "", causes);
        }
        AtMost((spec.Array("hostnames") ?? []).Count, MaxItems, "spec.hostnames", causes);
        AtMost((spec.Array("rules") ?? []).Count, MaxItems, "spec.rules", causes);
    }

    public static void Hostname(string field, string host, List<FieldCause> causes)
    {
        if (host.Length == 0)
        {
            return;
        }
        causes.Named(field, host, host.StartsWith("*.", StringComparison.Ordinal) ? Names.Wildcard : Names.Subdomain);
        if (AddressRules.IsAddress(host))
        {
            causes.Add(Cause.Invalid(field, host, "must be a DNS name, not an IP address"));
        }
    }

    /// <summary>Where a rule or a mirror sends requests.</summary>
    public static void Backend(JsonObject? reference, string at, List<FieldCause> causes)
    {
        causes.Require(reference, at, "name");
        Port(reference, at, causes);
        causes.Between(reference, at, "weight", 0, 1_000_000);
        if (reference.Text("kind") == "Service" && reference.Text("group").Length == 0 && reference.Number("port") is null)
        {
            causes.Add(Cause.Invalid(at, reference.Text("name"), "Must have port for Service reference"));
        }
    }

    public static void Headers(JsonObject? modifier, string at, List<FieldCause> causes)
    {
        foreach (var list in (ReadOnlySpan<string>)["set", "add"])
        {
            var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            foreach (var (i, header) in modifier.Objects(list).Index())
            {
                HeaderName(header.Text("name"), $"{at}.{list}[{i}].name", causes);
                if (header.Text("value").AsSpan().ContainsAny("\r\n\0"))
                {
                    causes.Add(Cause.Invalid($"{at}.{list}[{i}].value", header.Text("value"), "must be a single line"));
                }
                if (!seen.Add(header.Text("name")))
                {
                    causes.Add(Cause.Duplicate($"{at}.{list}[{i}].name", header.Text("name")));
                }
            }
        }
        foreach (var (i, name) in (modifier.Array("remove") ?? []).Index())
        {
            HeaderName(name.AsText() ?? "", $"{at}.remove[{i}]", causes);
        }
    }

    public static void Values(JsonObject match, string list, string at, List<FieldCause> causes)
    {
        foreach (var (i, value) in match.Objects(list).Index())
        {
            HeaderName(value.Text("name"), $"{at}.{list}[{i}].name", causes);
            causes.Require(value, $"{at}.{list}[{i}]", "value");
            causes.OneOf(value, $"{at}.{list}[{i}]", "type", "Exact", "RegularExpression");
        }
        AtMost(match.Objects(list).Count(), MaxItems, $"{at}.{list}", causes);
    }

    /// <summary>GEP-2257: a restricted form of Go's durations.</summary>
    public static void Duration(JsonObject? parent, string at, string field, List<FieldCause> causes)
    {
        if (parent.Text(field) is { Length: > 0 } text && !IsDuration().IsMatch(text))
        {
            causes.Add(Cause.Invalid($"{at}.{field}", text, "must be a duration such as 10s (regex used for validation is '^([0-9]{1,5}(h|m|s|ms)){1,4}$')"));
        }
    }

    public static void AtMost(int count, int most, string field, List<FieldCause> causes)
    {
        if (count > most)
        {
            causes.Add(new FieldCause("FieldValueTooMany", field, $"Too many: {count}: must have at most {most} items"));
        }
    }

    private static void Port(JsonObject? parent, string at, List<FieldCause> causes) => causes.Between(parent, at, "port", 1, 65535);

    private static void HeaderName(string name, string field, List<FieldCause> causes)
    {
        if (!IsToken().IsMatch(name))
        {
            causes.Add(Cause.Invalid(field, name, "must be a token of RFC 9110"));
        }
    }

    [GeneratedRegex(@"^([0-9]{1,5}(h|m|s|ms)){1,4}\z", RegexOptions.NonBacktracking)]
    private static partial Regex IsDuration();

    [GeneratedRegex(@"^[A-Za-z0-9!#$%&'*+\-.^_\x60|~]{1,256}\z", RegexOptions.NonBacktracking)]
    private static partial Regex IsToken();
}
