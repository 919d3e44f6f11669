using System.Net;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Validation;

internal static class NodeRules
{
    public static void Check(JsonObject node, JsonObject? old, List<FieldCause> causes)
    {
        var spec = node.Object("spec");
        var seen = new HashSet<(string, string)>();
        var index = 0;
        foreach (var taint in spec.Objects("taints"))
        {
            var path = $"spec.taints[{index++}]";
            causes.Named(path + ".key", taint.Text("key"), Names.Qualified);
            causes.Named(path + ".value", taint.Text("value"), Names.LabelValue);
            if (causes.Require(taint, path, "effect"))
            {
                causes.OneOf(taint, path, "effect", "NoSchedule", "PreferNoSchedule", "NoExecute");
            }
            if (!seen.Add((taint.Text("key"), taint.Text("effect"))))
            {
                causes.Add(Cause.Duplicate(path, taint.Text("key")));
            }
        }
        index = 0;
        foreach (var range in spec.Array("podCIDRs") ?? [])
        {
            if (!IPNetwork.TryParse(range.AsText(), out _))
            {
                causes.Add(Cause.Invalid($"spec.podCIDRs[{index}]", range, "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"));
            }
            index++;
        }
        Amounts(node.Object("status").Object("capacity"), "status.capacity", causes);
        Amounts(node.Object("status").Object("allocatable"), "status.allocatable", causes);
        Addresses(node, causes);
        if (old.Object("spec") is { } before)
        {
            Update(spec, before, causes);
        }
    }

    private static void Amounts(JsonObject? amounts, string path, List<FieldCause> causes)
    {
        foreach (var (name, amount) in amounts ?? [])
        {
            causes.Named($"{path}[{name}]", name, Names.Qualified);
            if (Quantity.TryParse(amount.AsText() ?? "", out var quantity) && quantity.IsNegative)
            {
                causes.Add(Cause.Invalid($"{path}[{name}]", amount, FieldRules.NotNegative));
            }
        }
    }

    private static void Addresses(JsonObject node, List<FieldCause> causes)
    {
        var seen = new HashSet<(string, string)>();
        var index = 0;
        foreach (var address in node.Object("status").Objects("addresses"))
        {
            if (!seen.Add((address.Text("type"), address.Text("address"))))
            {
                causes.Add(Cause.Duplicate($"status.addresses[{index}]", address.Text("address")));
            }
            index++;
        }
    }

    /// <summary>A node's ranges and provider are given once; pods already live by them.</summary>
    private static void Update(JsonObject? spec, JsonObject before, List<FieldCause> causes)
    {
        foreach (var field in (ReadOnlySpan<string>)["podCIDRs", "providerID"])
        {
            if (before.Has(field) && !JsonNode.DeepEquals(spec?[field], before[field]))
            {
                causes.Add(Cause.Forbidden($"spec.{field}", "node updates may not change " + field + " except from \"\" to valid"));
            }
        }
    }
}
