using Vitrine.Attaching;
using Xunit;

namespace Vitrine.Unit.Attaching;

public sealed class CniFilesTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("vitrine-cni-files-").FullName;

    private string From => Directory.CreateDirectory(Path.Combine(folder, "from")).FullName;

    private string To => Path.Combine(folder, "to");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Both_names_are_put_there_executable_and_taken_away_again()
    {
        File.WriteAllText(Path.Combine(From, "vitrine-cni"), "one");
        CniFiles.Install(From, To);
        Assert.Equal(["loopback", "vitrine-cni"], Names());
        Assert.True(File.GetUnixFileMode(Path.Combine(To, "vitrine-cni")).HasFlag(UnixFileMode.OtherExecute));
        Assert.Equal(2, CniFiles.Remove(To).Count);
        Assert.Empty(Names());
    }

    [Fact]
    public void Another_version_replaces_both()
    {
        File.WriteAllText(Path.Combine(From, "vitrine-cni"), "one");
        CniFiles.Install(From, To);
        File.WriteAllText(Path.Combine(From, "vitrine-cni"), "another");
        CniFiles.Install(From, To);
        Assert.All(Names(), n => Assert.Equal("another", File.ReadAllText(Path.Combine(To, n))));
    }

    [Fact]
    public void The_loopback_of_others_stays()
    {
        Directory.CreateDirectory(To);
        File.WriteAllText(Path.Combine(To, "loopback"), "theirs");
        File.WriteAllText(Path.Combine(From, "vitrine-cni"), "one");
        CniFiles.Install(From, To);
        Assert.Equal("theirs", File.ReadAllText(Path.Combine(To, "loopback")));
        CniFiles.Remove(To);
        Assert.Equal(["loopback"], Names());
    }

    [Fact]
    public void A_missing_plugin_is_told() => Assert.Contains("the CNI plugin is missing", Assert.Throws<CommandFailure>(() => CniFiles.Install(From, To)).Message, StringComparison.Ordinal);

    [Fact]
    public void Any_other_configuration_of_the_runtime_is_a_conflict()
    {
        foreach (var file in new[] { "05-flannel.conflist", "10-vitrine.conflist", "87-podman.conf", "note.txt" })
            File.WriteAllText(Path.Combine(From, file), "{}");
        Assert.Equal(["05-flannel.conflist", "87-podman.conf"], ConflictScan.Configurations(From).Select(c => Path.GetFileName(c.Found.Split(' ')[0])));
        Assert.Empty(ConflictScan.Configurations(Path.Combine(From, "absent")));
    }

    private string[] Names() => [.. Directory.EnumerateFiles(To).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];
}
