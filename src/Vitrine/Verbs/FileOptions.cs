using System.CommandLine;
using Vitrine.Manifests;

namespace Vitrine.Verbs;

/// <summary>-f and what belongs to it: a cluster made of files.</summary>
internal sealed class FileOptions
{
    private readonly Option<string[]> files = new("--filename", "-f") { Description = "A file of manifests, a folder of *.yaml, *.yml and *.json, or - for standard input; as often as need be." };
    private readonly Option<bool> recursive = new("--recursive", "-R") { Description = "Folders with all that is below them." };
    private readonly Option<int> nodes = new("--nodes") { Description = "Number of nodes the files' cluster has, as vitrine up makes them.", DefaultValueFactory = _ => 1 };

    public void AddTo(Command command)
    {
        command.Add(files);
        command.Add(recursive);
        command.Add(nodes);
    }

    /// <summary>Whether files were named.</summary>
    public bool Given(ParseResult parse) => parse.GetValue(files) is { Length: > 0 };

    public IReadOnlyList<string> Names(ParseResult parse) => parse.GetValue(files) ?? [];

    /// <exception cref="CommandFailure">unreadable files, or no such number of nodes</exception>
    public DraftedCluster Draft(ParseResult parse, string ns) => DraftedCluster.Of(ManifestFiles.Read(Names(parse), parse.GetValue(recursive), Console.In), ns, parse.GetValue(nodes));
}
