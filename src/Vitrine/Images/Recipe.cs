using System.Text.Json;
using System.Text.Json.Serialization;

namespace Vitrine.Images;

/// <summary>
/// How to make one image from Debian packages: <c>images/NAME/image.json</c> beside an optional <c>rootfs/</c> whose
/// files are copied over the packages' own. No maintainer script runs, so a recipe says what one would have made. (Setters, not init: generated JSON code would overwrite init defaults with null.)
/// </summary>
internal sealed record Recipe
{
    /// <summary>Full reference the image answers to, e.g. docker.io/library/nginx:latest; null for a base layer only.</summary>
    public string? Image { get; set; }

    /// <summary>More references that the same layers answer to; each is told its own by the variable IMAGE.</summary>
    public IReadOnlyList<string> Images { get; set; } = [];

    /// <summary>Name of the recipe whose layer lies below this one.</summary>
    public string? Base { get; set; }

    /// <summary>Debian packages; their dependencies come along, what the base has already does not.</summary>
    public IReadOnlyList<string> Packages { get; set; } = [];

    /// <summary>Dependencies that only maintainer scripts need; they stay out of this layer and of those above it.</summary>
    public IReadOnlyList<string> Omit { get; set; } = [];

    /// <summary>Path → target of symbolic links to add.</summary>
    public IReadOnlyDictionary<string, string> Links { get; set; } = new Dictionary<string, string>();

    /// <summary>Path → octal mode of directories to add.</summary>
    public IReadOnlyDictionary<string, string> Directories { get; set; } = new Dictionary<string, string>();

    /// <summary>Path → text appended to that file of the base, e.g. users in /etc/passwd.</summary>
    public IReadOnlyDictionary<string, string> Append { get; set; } = new Dictionary<string, string>();

    /// <summary>Path in the image → C source in the recipe's folder, built static and free-standing.</summary>
    public IReadOnlyDictionary<string, string> Compile { get; set; } = new Dictionary<string, string>();

    /// <summary>Folder in the image for this executable and what belongs to it; null: it stays out. Such a recipe is built only where it is named.</summary>
    public string? Program { get; set; }

    /// <summary>The OCI image configuration's "config" object, as is.</summary>
    public JsonElement? Config { get; set; }

    /// <summary>All it answers to; none where only others stand on it.</summary>
    [JsonIgnore]
    public IEnumerable<string> References => Image is null ? Images : Images.Prepend(Image);

    /// <summary>Name of the recipe: its folder's.</summary>
    [JsonIgnore]
    public string Name { get; init; } = "";

    /// <summary>The recipe's folder.</summary>
    [JsonIgnore]
    public string Folder { get; init; } = "";

    /// <summary>Reads every recipe of a folder; throws <see cref="CommandFailure"/> naming the file that is wrong.</summary>
    public static IReadOnlyDictionary<string, Recipe> ReadAll(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new CommandFailure($"no image recipes at {folder}", "pass --recipes DIR, the folder that holds NAME/image.json");
        }

        var recipes = new SortedDictionary<string, Recipe>(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(folder, "image.json", SearchOption.AllDirectories))
        {
            var home = Path.GetDirectoryName(file)!;
            var name = Path.GetFileName(home);
            try
            {
                var recipe = JsonSerializer.Deserialize(File.ReadAllBytes(file), ImageJson.Default.Recipe)
                    ?? throw new JsonException("the file is empty");
                recipes[name] = recipe with { Name = name, Folder = home };
            }
            catch (JsonException e)
            {
                throw new CommandFailure($"image recipe {file} cannot be read: {e.Message}", "mend the JSON");
            }
        }

        return recipes;
    }
}
