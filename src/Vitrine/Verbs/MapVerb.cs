using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vitrine.Clusters;
using Vitrine.Mapping;

namespace Vitrine.Verbs;

/// <summary>`vitrine map`: a link to the cluster's map, or the map of this moment as a file.</summary>
internal static class MapVerb
{
    private const string PageFile = "index.html", SnapshotFile = "snapshot.json";

    public static Command Create()
    {
        var name = VerbOptions.Name();
        var apply = new Option<bool>("--allow-apply") { Description = "Whoever follows the link may apply and delete the chapters' objects; without it the map only looks." };
        var folder = new Option<string?>("--static") { Description = "Write the map of this moment into this folder instead: index.html, which needs no server, and snapshot.json." };
        var questions = new Option<string[]>("--explain") { Description = "With --static: an answer to keep, 'SRC DST' or a URL, as often as need be." };
        var snapshot = new Option<string?>("--snapshot") { Description = "With --static: of an earlier snapshot.json instead of a cluster." };
        var command = new Command("map", "Show the living network in a browser, and explain any path in it by two clicks.") { name, apply, folder, questions, snapshot };
        command.SetAction(async (parse, ct) =>
        {
            if (parse.GetValue(folder) is { } given)
                return await WriteAsync(given, parse.GetValue(snapshot) is { } file ? Read(file) : await TakeAsync(parse.GetValue(name)!, parse.GetValue(questions) ?? [], ct), ct);
            if (parse.GetValue(snapshot) is not null || parse.GetValue(questions) is [_, ..])
                throw new CommandFailure("map --snapshot and --explain are about a page that is written", "give --static DIR with them");
            RootUser.Require("map");
            var paths = new ClusterPaths(parse.GetValue(name)!);
            var spec = ClusterSpec.Require(paths);
            Console.WriteLine(MapLink.New(paths, parse.GetValue(apply) ? MapRights.Apply : MapRights.Look)
                ?? throw new CommandFailure($"the cluster \"{spec.Name}\" serves no map: its server is not running", $"vitrine status --name {spec.Name}; vitrine up --name {spec.Name} starts it"));
            return 0;
        });
        return command;
    }

    private static async Task<JsonNode> TakeAsync(string name, IReadOnlyList<string> questions, CancellationToken ct)
    {
        RootUser.Require("map --static");
        var paths = new ClusterPaths(name);
        return await MapSnapshot.TakeAsync(paths, ClusterSpec.Require(paths), questions, TimeProvider.System.GetUtcNow(), ct);
    }

    private static JsonNode Read(string file)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(file)) ?? throw new JsonException("it is null");
        }
        catch (JsonException e)
        {
            throw new CommandFailure($"{file} is no snapshot: {e.Message}", "give a snapshot.json that vitrine map --static wrote");
        }
    }

    private static async Task<int> WriteAsync(string folder, JsonNode snapshot, CancellationToken ct)
    {
        var page = StaticPage.Write(Text(PageFile), Text, snapshot);
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, PageFile), page, ct);
        await File.WriteAllTextAsync(Path.Combine(folder, SnapshotFile), snapshot.ToJsonString(), ct);
        Console.WriteLine(Path.GetFullPath(Path.Combine(folder, PageFile)));
        return 0;

        static string Text(string name)
        {
            using var reader = new StreamReader((MapPage.Find(name) ?? throw new CommandFailure($"this vitrine was built without the map's page ({name})", "build it by ./build.sh")).Open());
            return reader.ReadToEnd();
        }
    }
}
