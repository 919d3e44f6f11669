using System.Text;
using Vitrine.Agent.Volumes;
using Vitrine.Linux.Interop;
using Xunit;

namespace Vitrine.Unit.Agent.Volumes;

public sealed class VolumeTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("vitrine-volumes").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void Published_files_change_as_one()
    {
        Assert.True(ProjectedFiles.Publish(root, Files(("a", "1"), ("d/b", "2"))));
        Assert.False(ProjectedFiles.Publish(root, Files(("a", "1"), ("d/b", "2"))));
        Assert.True(ProjectedFiles.Publish(root, Files(("a", "3"))));
        Assert.Equal("3", File.ReadAllText(Path.Combine(root, "a")));
        Assert.False(Path.Exists(Path.Combine(root, "d")));
        // ..data, its target and a.
        Assert.Equal(3, Directory.GetFileSystemEntries(root).Length);
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("/x")]
    [InlineData("a/../../x")]
    [InlineData("..data")]
    [InlineData("")]
    public void Files_outside_the_volume_are_refused(string path) => Assert.Throws<MountException>(() => ProjectedFiles.Publish(root, Files((path, "x"))));

    [Theory]
    [InlineData("/etc")]
    [InlineData("a/../../etc")]
    public void A_sub_path_that_climbs_is_refused(string path) => Assert.Throws<MountException>(() => SubPath.Check(path));

    [Fact]
    public void A_token_belongs_to_the_only_user_and_is_nobody_elses()
    {
        Assert.True(ProjectedFiles.Publish(root, new Dictionary<string, ProjectedFile> { ["token"] = new([1], 0b110_000_000, 1234) }, group: 4321));
        var status = FileSystems.Status(Path.Combine(root, "..data", "token"));
        // The group of the volume may read it, too.
        Assert.Equal((1234u, 4321u, 0b110_110_000), (status.User, status.Group, status.Permissions));
    }

    [Fact]
    public void A_volume_of_a_group_is_the_groups_and_stays_so()
    {
        Directory.CreateDirectory(Path.Combine(root, "d"));
        File.WriteAllText(Path.Combine(root, "d", "f"), "");
        File.CreateSymbolicLink(Path.Combine(root, "out"), "/etc/passwd");
        VolumeOwnership.Apply(root, 4321, null);
        Assert.Equal(4321u, FileSystems.Status(Path.Combine(root, "d", "f")).Group);
        Assert.Equal(0b010_000_000_000, FileSystems.Status(Path.Combine(root, "d")).Permissions & 0b010_000_000_000);
        Assert.Equal(0u, FileSystems.Status("/etc/passwd").Group);

        File.WriteAllText(Path.Combine(root, "later"), "");
        FileSystems.Own(Path.Combine(root, "later"), null, 0);
        VolumeOwnership.Apply(root, 4321, "OnRootMismatch");
        Assert.Equal(0u, FileSystems.Status(Path.Combine(root, "later")).Group);
        VolumeOwnership.Apply(root, 4321, "Always");
        Assert.Equal(4321u, FileSystems.Status(Path.Combine(root, "later")).Group);
    }

    private static Dictionary<string, ProjectedFile> Files(params (string Path, string Text)[] files) =>
        files.ToDictionary(f => f.Path, f => new ProjectedFile(Encoding.UTF8.GetBytes(f.Text), 0b110_100_100));
}
