using System.Text.RegularExpressions;
using Xunit;

namespace Vitrine.House;

public sealed partial class FileTests
{
    private static readonly string[] ForbiddenNames = ["Manager", "Helper", "Helpers", "Util", "Utils", "Processor", "Info", "Data", "Impl", "Base"];
    private static readonly string[] ForbiddenFolders = ["Common", "Core", "Shared", "Utils", "Helpers", "Abstractions"];

    private static IEnumerable<string> Sources => Repository.Files("src", "*.cs").Concat(Repository.Files("test", "*.cs"));

    [Fact]
    public void No_file_is_longer_than_400_lines() =>
        Assert.Empty(Sources.Where(f => File.ReadLines(f).Count() > 400).Select(Repository.Relative));

    [Fact]
    public void Source_files_are_short_on_the_whole()
    {
        var lengths = Repository.Files("src", "*.cs").Select(f => File.ReadLines(f).Count()).Order().ToArray();
        Assert.True(lengths[lengths.Length / 2] <= 60, $"the median file has {lengths[lengths.Length / 2]} lines");
        Assert.True(lengths[lengths.Length * 9 / 10] <= 200, $"one file in ten has more than {lengths[lengths.Length * 9 / 10]} lines");
    }

    [Fact]
    public void A_file_holds_at_most_one_public_class() =>
        Assert.Empty(Repository.Files("src", "*.cs").Where(f => PublicClass().Count(File.ReadAllText(f)) > 1).Select(Repository.Relative));

    [Fact]
    public void Types_are_named_for_what_they_are() =>
        Assert.Empty(
            from file in Repository.Files("src", "*.cs")
            from Match type in TypeName().Matches(File.ReadAllText(file))
            where Array.Exists(ForbiddenNames, n => type.Groups[1].Value.EndsWith(n, StringComparison.Ordinal))
            select $"{Repository.Relative(file)}: {type.Groups[1].Value}");

    [Fact]
    public void Folders_are_stages_not_drawers() =>
        Assert.Empty(Repository.Files("src", "*.cs").SelectMany(f => Repository.Relative(f).Split('/').SkipLast(1)).Distinct().Where(d => Array.IndexOf(ForbiddenFolders, d) >= 0));

    [Fact]
    public void Links_in_the_documents_lead_somewhere() =>
        Assert.Empty(
            from file in Repository.Files(".", "*.md")
            from Match link in Link().Matches(File.ReadAllText(file))
            let target = link.Groups[1].Value.Split('#')[0]
            where target.Length > 0 && !target.Contains("://", StringComparison.Ordinal)
            where !Path.Exists(Path.Combine(Path.GetDirectoryName(file)!, target))
            select $"{Repository.Relative(file)}: {target}");

    [Fact]
    public void Files_the_flow_document_names_exist()
    {
        var flow = File.ReadAllText(Path.Combine(Repository.Root, "docs/flow.md"));
        var names = SourceName().Matches(flow).Select(m => m.Value).Distinct().ToArray();
        Assert.NotEmpty(names);
        var known = Repository.Files("src", "*.*").Select(f => Repository.Relative(f)).ToArray();
        Assert.Empty(names.Where(n => !known.Any(k => k == $"src/{n}" || k.EndsWith($"/{n}", StringComparison.Ordinal))));
    }

    [Fact]
    public void Nothing_is_left_for_later() =>
        Assert.Empty(
            from file in Repository.Files("src", "*.cs")
            where Later().IsMatch(File.ReadAllText(file))
            select Repository.Relative(file));

    [GeneratedRegex(@"^\s*public (?:static |sealed |abstract |partial )*class ", RegexOptions.Multiline)]
    private static partial Regex PublicClass();

    [GeneratedRegex(@"^\s*(?:public |internal |private |file )(?:static |sealed |abstract |partial |readonly )*(?:class|record|struct|record struct|interface) (\w+)", RegexOptions.Multiline)]
    private static partial Regex TypeName();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"\b[\w./]+\.(?:cs|proto)\b")]
    private static partial Regex SourceName();

    [GeneratedRegex(@"\b(?:TODO|FIXME|HACK|NotImplementedException)\b")]
    private static partial Regex Later();
}
