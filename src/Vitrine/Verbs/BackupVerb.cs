using System.CommandLine;
using Vitrine.Clusters;

namespace Vitrine.Verbs;

/// <summary>`vitrine backup FILE`: all objects of a running cluster as of one moment.</summary>
internal static class BackupVerb
{
    public static Command Create()
    {
        var name = VerbOptions.Name();
        var file = new Argument<string>("FILE") { Description = "What to write; Secrets are in it, so it is made 0600." };
        var command = new Command("backup", "Write all objects of a running cluster into a file.") { file, name };
        command.SetAction(async (parse, ct) =>
        {
            RootUser.Require("backup");
            var paths = new ClusterPaths(parse.GetValue(name)!);
            var spec = ClusterSpec.Require(paths);
            var target = Path.GetFullPath(parse.GetValue(file)!);
            using var api = new AdminApi(paths, spec);
            var bytes = await SaveAsync(api, target, ct);
            Console.WriteLine($"{target}: {bytes} bytes. vitrine restore puts it into a cluster that does not run.");
            return 0;
        });
        return command;
    }

    /// <summary>The file is there whole or not at all.</summary>
    private static async Task<long> SaveAsync(AdminApi api, string target, CancellationToken ct)
    {
        var partial = target + ".partial";
        try
        {
            long bytes;
            await using (var to = new FileStream(partial, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite }))
            {
                if (await api.CopyAsync("vitrine/backup", to, ct) is { } refused)
                {
                    throw new CommandFailure($"the API server gave no backup: {refused}", "vitrine status shows whether the cluster is well");
                }

                to.Flush(flushToDisk: true);
                bytes = to.Length;
            }

            File.Move(partial, target, overwrite: true);
            return bytes;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure($"cannot write {target}: {e.Message}");
        }
        finally
        {
            File.Delete(partial);
        }
    }
}
