using System.Xml.Linq;
using Xunit;

namespace Vitrine.House;

public sealed class LayoutTests
{
    /// <summary>Arrows point one way; no sibling sees another. Adding one is a decision, not an accident.</summary>
    private static readonly Dictionary<string, string[]> Arrows = new()
    {
        ["Vitrine.Model"] = [],
        ["Vitrine.Linux"] = [],
        ["Vitrine.Cni"] = ["Vitrine.Linux"],
        ["Vitrine.ApiServer"] = ["Vitrine.Model"],
        ["Vitrine.Control"] = ["Vitrine.Model"],
        ["Vitrine.Agent"] = ["Vitrine.Linux", "Vitrine.Model"],
        ["Vitrine.Dataplane"] = ["Vitrine.Linux", "Vitrine.Model"],
        ["Vitrine.Dns"] = ["Vitrine.Linux", "Vitrine.Model"],
        ["Vitrine.Gateway"] = ["Vitrine.Model"],
        ["Vitrine"] = ["Vitrine.Agent", "Vitrine.ApiServer", "Vitrine.Control", "Vitrine.Dataplane", "Vitrine.Dns", "Vitrine.Gateway", "Vitrine.Linux", "Vitrine.Model"],
    };

    [Fact]
    public void Projects_refer_to_each_other_as_the_picture_says()
    {
        var found = Repository.Files("src", "*.csproj").ToDictionary(
            f => Path.GetFileNameWithoutExtension(f),
            f => XDocument.Load(f).Descendants("ProjectReference").Select(r => Path.GetFileNameWithoutExtension((string)r.Attribute("Include")!)).Order(StringComparer.Ordinal).ToArray());
        Assert.Equal(Arrows.Keys.Order(StringComparer.Ordinal), found.Keys.Order(StringComparer.Ordinal));
        foreach (var (project, references) in found)
        {
            Assert.Equal(Arrows[project], references);
        }
    }

    [Fact]
    public void Only_the_Linux_project_calls_the_kernel() =>
        Assert.Empty(Repository.Files("src", "*.cs")
            .Where(f => !Repository.Relative(f).StartsWith("src/Vitrine.Linux/", StringComparison.Ordinal))
            .Where(f => File.ReadAllText(f) is var text && (text.Contains("[LibraryImport", StringComparison.Ordinal) || text.Contains("[DllImport", StringComparison.Ordinal)))
            .Select(Repository.Relative));

    [Fact]
    public void The_Linux_project_has_never_heard_of_Kubernetes() =>
        Assert.Empty(Repository.Files("src/Vitrine.Linux", "*.cs")
            .Where(f => File.ReadAllText(f).Contains("kube", StringComparison.OrdinalIgnoreCase))
            .Select(Repository.Relative));

    [Fact]
    public void Every_package_has_its_reason()
    {
        var lines = File.ReadAllLines(Path.Combine(Repository.Root, "Directory.Packages.props"));
        var bare = lines.Index().Where(l => l.Item.Contains("<PackageVersion", StringComparison.Ordinal) && !lines[l.Index - 1].Contains("<!--", StringComparison.Ordinal));
        Assert.Empty(bare.Select(l => l.Item.Trim()));
    }

    [Fact]
    public void Every_package_is_used()
    {
        var props = XDocument.Load(Path.Combine(Repository.Root, "Directory.Packages.props"));
        var used = Repository.Files(".", "*.csproj").Concat(Repository.Files(".", "Directory.Build.props"))
            .SelectMany(f => XDocument.Load(f).Descendants("PackageReference").Select(r => (string)r.Attribute("Include")!)).ToHashSet();
        Assert.Empty(props.Descendants("PackageVersion").Select(p => (string)p.Attribute("Include")!).Where(p => !used.Contains(p)));
    }
}
