namespace Vitrine.Images;

/// <summary>One .deb file and the package it holds.</summary>
internal sealed record Deb(string Package, string File);

/// <summary>
/// Asks apt, as this machine has it set up, for packages and their dependencies as if nothing were installed,
/// and keeps the .deb files in a cache. Nothing installed on the machine changes.
/// </summary>
internal sealed class DebPackages(string cache)
{
    /// <summary>Downloads what all the packages need, in one go, so that later questions are answered from the cache.</summary>
    public async Task DownloadAsync(IReadOnlyCollection<string> packages, CancellationToken ct)
    {
        Directory.CreateDirectory(Path.Combine(cache, "partial"));
        await AskAsync("--download-only", cache, packages, ct);
    }

    /// <summary>The file names of the packages and of all they depend on, in a fixed order.</summary>
    public async Task<IReadOnlyList<Deb>> ResolveAsync(IReadOnlyCollection<string> packages, CancellationToken ct)
    {
        if (packages.Count == 0)
        {
            return [];
        }

        // Asked with a cache that holds nothing, apt names every file: 'URL' FILE SIZE HASH.
        var plan = await AskAsync("--print-uris", Path.Combine(cache, "none"), packages, ct);
        return plan.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(l => l.StartsWith('\''))
            .Select(l => l.Split(' ')[1])
            .Select(f => new Deb(f.Split('_')[0], Path.Combine(cache, f)))
            .OrderBy(d => d.Package, StringComparer.Ordinal)
            .ToArray();
    }

    private async Task<string> AskAsync(string what, string archives, IReadOnlyCollection<string> packages, CancellationToken ct)
    {
        Directory.CreateDirectory(Path.Combine(archives, "partial"));
        var nothing = Path.Combine(cache, "status");
        if (!File.Exists(nothing))
        {
            await File.WriteAllTextAsync(nothing, "", ct);
        }

        var result = await Subprocess.RunAsync(
            "apt-get",
            [
                "install", what, "-qq", "-y", "--no-install-recommends",
                "-o", $"Dir::State::status={nothing}",
                "-o", $"Dir::Cache::archives={archives}",
                "-o", "Dir::Cache::pkgcache=", "-o", "Dir::Cache::srcpkgcache=",
                "-o", "APT::Sandbox::User=root",
                "-o", "Debug::NoLocking=true",
                .. packages,
            ],
            ct);
        return result.ExitCode == 0
            ? result.Output
            : throw new CommandFailure(
                $"apt could not provide {string.Join(' ', packages)}: {result.Error.Trim()}",
                "run apt-get update, and check this machine's package sources");
    }
}
