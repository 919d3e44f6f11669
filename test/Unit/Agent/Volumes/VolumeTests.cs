using System.Text;
using Vitrine.Agent.Volumes;
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

    [Fact]
    public void A_sub_path_is_made_inside_its_volume() => Assert.Equal(Path.Combine(root, "a/b"), SubPath.Resolve(root, "a/b"));

    [Fact]
    public void A_sub_path_through_a_symbolic_link_is_refused()
    {
        File.CreateSymbolicLink(Path.Combine(root, "out"), "/etc");
        Assert.Throws<MountException>(() => SubPath.Resolve(root, "out/passwd"));
    }

    [Theory]
    [InlineData("/etc")]
    [InlineData("a/../../etc")]
    public void A_sub_path_that_climbs_is_refused(string path) => Assert.Throws<MountException>(() => SubPath.Resolve(root, path));

    private static Dictionary<string, (byte[] Content, int Mode)> Files(params (string Path, string Text)[] files) =>
        files.ToDictionary(f => f.Path, f => (Encoding.UTF8.GetBytes(f.Text), 0b110_100_100));
}
