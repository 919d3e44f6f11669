using System.CommandLine;
using System.Text.Json;
using Vitrine.Clusters;
using Vitrine.Images;

namespace Vitrine.Verbs;

/// <summary>`vitrine image build|load|save|ls`: the machine's images, which every node of every cluster can pull.</summary>
internal static class ImageVerb
{
    public static Command Create() => new("image", "Build, load and list the images this machine's clusters can pull.")
    {
        CreateBuild(),
        CreateLoad(),
        CreateSave(),
        CreateList(),
    };

    private static Command CreateBuild()
    {
        var names = new Argument<string[]>("NAME") { Description = "Recipes to build; all when none is named.", Arity = ArgumentArity.ZeroOrMore };
        var recipes = new Option<string?>("--recipes") { Description = "Folder of NAME/image.json recipes." };
        var output = VerbOptions.Output();
        var command = new Command("build", "Build images from Debian packages; what is unchanged is not built again.") { names, recipes, output };
        command.SetAction(async (parse, ct) =>
        {
            RootUser.Require("image build");
            var json = parse.GetValue(output) == "json";
            var build = new ImageBuild(
                new ImageStore(ClusterPaths.Images),
                new DebPackages(ClusterPaths.DebCache),
                Recipe.ReadAll(parse.GetValue(recipes) ?? DefaultRecipes()),
                json ? _ => { } : line => Console.Error.WriteLine(line));
            var built = await build.RunAsync(parse.GetValue(names) ?? [], ct);
            Print(built, json);
            return 0;
        });
        return command;
    }

    private static Command CreateLoad()
    {
        var files = new Argument<string[]>("FILE") { Description = "OCI or docker archives (plain or gzipped tar).", Arity = ArgumentArity.OneOrMore };
        var command = new Command("load", "Load images from archive files.") { files };
        command.SetAction(async (parse, ct) =>
        {
            RootUser.Require("image load");
            foreach (var file in parse.GetValue(files)!)
            {
                foreach (var image in await new ImageLoad(new ImageStore(ClusterPaths.Images)).RunAsync(file, ct))
                {
                    Console.WriteLine($"loaded {image}");
                }
            }

            return 0;
        });
        return command;
    }

    private static Command CreateSave()
    {
        var names = new Argument<string[]>("NAME") { Description = "Images, as image ls names them.", Arity = ArgumentArity.OneOrMore };
        var file = new Option<string>("--file", "-f") { Description = "The archive to write.", Required = true };
        var command = new Command("save", "Write images as an OCI archive, for ctr images import, docker load or a registry.") { names, file };
        command.SetAction(async (parse, ct) =>
        {
            RootUser.Require("image save");
            var path = parse.GetRequiredValue(file);
            await using (var output = File.Create($"{path}.draft"))
            {
                await ImageArchive.WriteAsync(new ImageStore(ClusterPaths.Images), parse.GetValue(names)!, output, ct);
            }

            File.Move($"{path}.draft", path, overwrite: true);
            return 0;
        });
        return command;
    }

    private static Command CreateList()
    {
        var output = VerbOptions.Output();
        var command = new Command("ls", "List the images of this machine.") { output };
        command.Aliases.Add("list");
        command.SetAction(parse =>
        {
            var store = new ImageStore(ClusterPaths.Images);
            var images = store.List().OrderBy(i => i.Key, StringComparer.Ordinal)
                .Select(i => new BuiltImage(i.Key, i.Value.Digest, store.Closure(i.Value) is null ? 0 : store.ReadManifest(i.Value.Digest).Layers.Sum(l => l.Size), Cached: true));
            Print([.. images], parse.GetValue(output) == "json");
            return 0;
        });
        return command;
    }

    /// <summary>images/ beside the folder of the executable, as in a checkout or an installed tree.</summary>
    internal static string DefaultRecipes() => Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "images"));

    private static void Print(IReadOnlyList<BuiltImage> images, bool json)
    {
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(images, VerbJson.Default.IReadOnlyListBuiltImage));
            return;
        }

        var table = new TextTable("IMAGE", "DIGEST", "SIZE", "");
        foreach (var image in images)
        {
            table.Add(image.Image, image.Digest[7..19], $"{image.Bytes / 1048576.0:0.0} MB", image.Cached ? "" : "built");
        }

        table.Print(Console.Out);
    }
}
