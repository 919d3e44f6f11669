using System.Net;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Vitrine.Unit.ApiServer.Schema;

/// <summary>The official client's XML documentation: upstream's descriptions, re-wrapped to 80 columns by the client's generator.</summary>
internal sealed partial class ModelDocs
{
    private readonly Dictionary<string, string> byMember;

    private ModelDocs(Dictionary<string, string> byMember) => this.byMember = byMember;

    public static ModelDocs Read(Assembly client)
    {
        var packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        var version = client.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
        var file = Path.Combine(packages, "kubernetesclient.aot", version, "lib", "net10.0", "KubernetesClient.Aot.xml");
        return new ModelDocs(XDocument.Load(file).Descendants("member")
            .Where(m => m.Attribute("name")!.Value.Contains(":k8s.Models.", StringComparison.Ordinal))
            .ToDictionary(m => m.Attribute("name")!.Value, m => Unwrap(m.Element("summary")?.Value ?? "")));
    }

    public string Of(Type type) => byMember.GetValueOrDefault($"T:{type.FullName}", "");

    public string Of(PropertyInfo property) =>
        byMember.GetValueOrDefault($"P:{property.DeclaringType!.FullName}.{property.Name}", "");

    /// <summary>One line a paragraph; list items keep their lines.</summary>
    private static string Unwrap(string summary)
    {
        var paragraphs = BlankLine().Split(WebUtility.HtmlDecode(summary).Trim());
        return string.Join("\n\n", paragraphs.Select(p => LineBreak().Replace(p.Trim(), " ")));
    }

    [GeneratedRegex(@"\r?\n[ \t]*\r?\n")]
    private static partial Regex BlankLine();

    [GeneratedRegex(@"[ \t]*\r?\n[ \t]*")]
    private static partial Regex LineBreak();
}
