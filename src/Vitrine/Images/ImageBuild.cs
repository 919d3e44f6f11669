using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Vitrine.Images;

/// <summary>What became of one recipe.</summary>
internal sealed record BuiltImage(string Image, string Digest, long Bytes, bool Cached);

/// <summary>
/// Recipes → images in the store:
/// <code>
/// 1 resolve   apt names the .deb files of every recipe          (DebPackages)
/// 2 key       recipe text + file names; same key → nothing to do
/// 3 download  the missing .deb files, once for all recipes
/// 4 layers    .deb archives and the recipe's own files → one tar each, base first (LayerTree)
/// 5 image     config + manifest, tagged in the store             (ImageStore)
/// </code>
/// </summary>
internal sealed class ImageBuild(ImageStore store, DebPackages debs, IReadOnlyDictionary<string, Recipe> recipes, Action<string> say)
{
    private readonly Dictionary<string, IReadOnlyList<Deb>> resolved = [];
    private readonly Dictionary<string, Task<Layer>> layers = [];

    private sealed record Layer(OciDescriptor Descriptor, LayerTree Tree);

    /// <summary>Builds the named recipes that make an image (all when none is named).</summary>
    public async Task<IReadOnlyList<BuiltImage>> RunAsync(IReadOnlyCollection<string> names, CancellationToken ct)
    {
        var wanted = names.Count == 0 ? [.. recipes.Values.Where(r => r.References.Any() && r.Program is null)] : names.Select(Require).ToArray();
        var involved = wanted.SelectMany(Lineage).DistinctBy(r => r.Name).ToArray();

        // 1
        foreach (var (recipe, list) in await Task.WhenAll(involved.Select(async r => (r, await debs.ResolveAsync(r.Packages, ct)))))
        {
            resolved[recipe.Name] = list;
        }

        // 2
        var present = store.List();
        var images = wanted.SelectMany(r => r.References.Select(reference => (Recipe: r, Reference: reference))).ToArray();
        var stale = images.Where(i => !(present.TryGetValue(i.Reference, out var m) && m.Annotations!.GetValueOrDefault(ImageStore.SourceAnnotation) == Key(i.Recipe) && store.Closure(m) is not null)).ToArray();
        var built = images.Except(stale).Select(i => new BuiltImage(i.Reference, present[i.Reference].Digest, Bytes(present[i.Reference]), Cached: true)).ToList();

        // 3
        var missing = stale.SelectMany(i => Lineage(i.Recipe)).DistinctBy(r => r.Name).Where(r => resolved[r.Name].Any(d => !File.Exists(d.File))).ToArray();
        if (missing.Length > 0)
        {
            say($"downloading packages for {string.Join(", ", missing.Select(r => r.Name))}");
            await debs.DownloadAsync([.. missing.SelectMany(r => r.Packages).Distinct()], ct);
        }

        // 4, 5
        foreach (var (recipe, reference) in stale)
        {
            built.Add(await ImageOfAsync(recipe, reference, ct));
        }

        return [.. built.OrderBy(b => b.Image, StringComparer.Ordinal)];
    }

    private async Task<BuiltImage> ImageOfAsync(Recipe recipe, string reference, CancellationToken ct)
    {
        say($"building {reference}");
        var stack = new List<OciDescriptor>();
        foreach (var part in Lineage(recipe).Reverse())
        {
            // A recipe that adds nothing but its configuration has no layer: nodes refuse an empty one.
            if ((await LayerOfAsync(part, ct)).Descriptor is { Size: > 0 } layer)
            {
                stack.Add(layer);
            }
        }

        var config = store.Put(
            JsonSerializer.SerializeToUtf8Bytes(
                new OciImageConfig
                {
                    Architecture = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "arm64" : "amd64",
                    Os = "linux",
                    Config = ConfigOf(recipe, reference),
                    Rootfs = new OciRootfs("layers", [.. stack.Select(l => l.Digest)]),
                },
                ImageJson.Default.OciImageConfig),
            OciMediaType.Config);
        var manifest = store.Put(
            JsonSerializer.SerializeToUtf8Bytes(
                new OciManifest { MediaType = OciMediaType.Manifest, Config = config, Layers = stack }, ImageJson.Default.OciManifest),
            OciMediaType.Manifest);
        store.Tag(ImageReference.Parse(reference), manifest, Key(recipe));
        return new BuiltImage(reference, manifest.Digest, Bytes(manifest), Cached: false);
    }

    private static JsonElement? ConfigOf(Recipe recipe, string reference)
    {
        if (reference == recipe.Image)
        {
            return recipe.Config;
        }

        var config = recipe.Config is { } given ? JsonObject.Create(given)! : [];
        if (config["Env"] is not JsonArray variables)
        {
            config["Env"] = variables = [];
        }

        variables.Add((JsonNode)$"IMAGE={reference}");
        using var document = JsonDocument.Parse(config.ToJsonString());
        return document.RootElement.Clone();
    }

    private Task<Layer> LayerOfAsync(Recipe recipe, CancellationToken ct) =>
        layers.TryGetValue(recipe.Name, out var ready) ? ready : layers[recipe.Name] = BuildLayerAsync(recipe, ct);

    private async Task<Layer> BuildLayerAsync(Recipe recipe, CancellationToken ct)
    {
        var below = recipe.Base is null ? null : await LayerOfAsync(Require(recipe.Base), ct);
        var had = Lineage(recipe).Skip(1).SelectMany(r => resolved[r.Name]).Select(d => d.Package).Concat(Lineage(recipe).SelectMany(r => r.Omit)).ToHashSet();
        var tree = new LayerTree();
        await Parallel.ForEachAsync(
            resolved[recipe.Name].Where(d => !had.Contains(d.Package)),
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount * 2, CancellationToken = ct },
            async (deb, stop) => await tree.AddDebAsync(deb.File, stop));
        await RecipeFiles.AddAsync(recipe, tree, below?.Tree, ct);

        var tar = new MemoryStream();
        await tree.WriteAsync(tar, ct);
        tar.Position = 0;
        return new Layer(store.Put(tar, OciMediaType.Layer), tree);
    }

    private Recipe Require(string name) =>
        recipes.GetValueOrDefault(name) ?? throw new CommandFailure($"there is no image recipe \"{name}\"", $"the recipes are: {string.Join(", ", recipes.Keys)}");

    /// <summary>The recipe, then what lies below it, down to the lowest.</summary>
    private IEnumerable<Recipe> Lineage(Recipe recipe)
    {
        for (var r = recipe; r is not null; r = r.Base is null ? null : Require(r.Base))
        {
            yield return r;
        }
    }

    private string Key(Recipe recipe)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        // Counts up when what the store writes changes, so that images of an older version are built again.
        hash.AppendData("vitrine image 2"u8);
        foreach (var part in Lineage(recipe))
        {
            foreach (var file in Directory.EnumerateFiles(part.Folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            {
                hash.AppendData(Encoding.UTF8.GetBytes(Path.GetRelativePath(part.Folder, file)));
                hash.AppendData(File.ReadAllBytes(file));
            }

            foreach (var (path, file) in part.Program is null ? [] : ProgramFiles.List(AppContext.BaseDirectory))
            {
                hash.AppendData(Encoding.UTF8.GetBytes(path));
                hash.AppendData(File.ReadAllBytes(file));
            }

            foreach (var deb in resolved[part.Name])
            {
                hash.AppendData(Encoding.UTF8.GetBytes(Path.GetFileName(deb.File)));
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private long Bytes(OciDescriptor manifest) => store.ReadManifest(manifest.Digest).Layers.Sum(l => l.Size);
}
