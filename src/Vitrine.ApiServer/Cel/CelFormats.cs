using Vitrine.ApiServer.Definitions;
using Vitrine.ApiServer.Structural;
using Vitrine.ApiServer.Validation;

namespace Vitrine.ApiServer.Cel;

/// <summary>A named syntax of text: format.dns1123Label().</summary>
internal sealed record CelFormatName(string Name);

/// <summary>Kubernetes' syntaxes, which say what is wrong with a text (k8s.io/apiserver/pkg/cel/library/format.go).</summary>
internal static class CelFormats
{
    private static readonly Dictionary<string, Func<string, IEnumerable<string>>> s_checks = new(StringComparer.Ordinal)
    {
        ["dns1123Label"] = Names.Label,
        ["dns1123Subdomain"] = Names.Subdomain,
        ["dns1035Label"] = DefinitionSyntax.Label1035,
        ["qualifiedName"] = Names.Qualified,
        ["dns1123LabelPrefix"] = static text => Names.Label(Prefix(text)),
        ["dns1123SubdomainPrefix"] = static text => Names.Subdomain(Prefix(text)),
        ["dns1035LabelPrefix"] = static text => DefinitionSyntax.Label1035(Prefix(text)),
        ["labelValue"] = Names.LabelValue,
        ["uri"] = static text => CelNetwork.Url(text) is null ? [text.Length == 0 ? "parse \"\": empty url" : $"parse {Cause.Quote(text)}: invalid URI for request"] : [],
        ["uuid"] = static text => Formats.Accepts("uuid", text) ? [] : ["does not match the UUID format"],
        ["byte"] = static text => Formats.Accepts("byte", text) ? [] : ["invalid base64"],
        ["date"] = static text => Formats.Accepts("date", text) ? [] : ["invalid date"],
        ["datetime"] = static text => Formats.Accepts("datetime", text) ? [] : ["invalid datetime"],
    };

    public static IReadOnlyDictionary<string, CelFunction> All { get; } = s_checks.Keys
        .Select(static name => KeyValuePair.Create($"format.{name}", (CelFunction)((_, _) => new CelFormatName(name))))
        .Append(KeyValuePair.Create("format.named", (CelFunction)(static (args, _) => args[0] is not string name ? throw CelFault.NoOverload() : s_checks.ContainsKey(name) ? CelOptional.Of(new CelFormatName(name)) : CelOptional.None)))
        .Append(KeyValuePair.Create(".validate", (CelFunction)Validate))
        .ToDictionary(StringComparer.Ordinal);

    private static object Validate(object?[] args, CelBudget budget)
    {
        if (args is not [CelFormatName format, string text])
        {
            throw CelFault.NoOverload();
        }
        budget.Traverse(text.Length);
        string[] faults = [.. s_checks[format.Name](text)];
        return faults.Length == 0 ? CelOptional.None : CelOptional.Of(new CelList(faults));
    }

    // A name that something is put behind may end in a dash.
    private static string Prefix(string text) => text.Length > 1 && text.EndsWith('-') ? text[..^2] + "a" : text;
}
