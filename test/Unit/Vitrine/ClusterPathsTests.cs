using Vitrine.Clusters;
using Xunit;

namespace Vitrine.Unit.Executable;

public sealed class ClusterPathsTests
{
    [Theory]
    [InlineData("../etc")]
    [InlineData("A")]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("-a")]
    [InlineData("a-very-long-name-of-more-than-32-chars")]
    public void A_name_that_could_leave_its_folder_is_refused(string name) => Assert.Throws<CommandFailure>(() => new ClusterPaths(name));

    [Fact]
    public void Interface_names_fit_the_kernel_and_differ()
    {
        var names = new[] { "default", "a-name-of-middling-length", "a-name-of-middling-length2" }
            .Select(n => new ClusterPaths(n)).SelectMany(p => new[] { p.Bridge, p.NodeLink("node-1"), p.NodeLink("node-2") }).ToArray();
        Assert.All(names, n => Assert.InRange(n.Length, 1, 15));
        Assert.Equal(names.Length, names.Distinct().Count());
    }

    [Fact]
    public void Sockets_fit_into_a_unix_address() =>
        Assert.True($"{new ClusterPaths(new string('a', 32)).NodeRun("node-100")}/containerd.sock.ttrpc".Length <= 107);
}
