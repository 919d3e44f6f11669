using Vitrine.Clusters;
using Xunit;

namespace Vitrine.Unit.Executable;

public sealed class KubeconfigFileTests : IDisposable
{
    private const string Theirs = """
        apiVersion: v1
        kind: Config
        current-context: prod
        clusters:
        - name: prod
          cluster: {server: "https://prod:6443", extensions: [{name: unknown, extension: {kept: true}}]}
        contexts:
        - {name: prod, context: {cluster: prod, user: me}}
        users:
        - {name: me, user: {token: "007"}}
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("vitrine-kubeconfig-").FullName;

    private string Target => Path.Combine(folder, "deep", "config");

    private static string Ours(string pem = "ca") => KubeconfigFile.Render("vitrine-x", new Uri("https://127.0.0.1:6443"), pem, "cert", "key");

    [Fact]
    public void A_file_that_is_not_there_is_made_private_and_complete()
    {
        KubeconfigFile.Merge(Target, Ours(), "vitrine-x");
        var text = File.ReadAllText(Target);
        Assert.Contains("current-context: vitrine-x", text, StringComparison.Ordinal);
        Assert.Contains("server: https://127.0.0.1:6443\n", text, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Target));
    }

    [Fact]
    public void What_others_have_in_the_file_stays()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Target)!);
        File.WriteAllText(Target, Theirs);
        KubeconfigFile.Merge(Target, Ours(), "vitrine-x");
        KubeconfigFile.Merge(Target, Ours("new"), "vitrine-x");
        var merged = File.ReadAllText(Target);
        Assert.Single(merged.Split('\n'), l => l.Contains("server: https://127.0.0.1:6443", StringComparison.Ordinal));
        Assert.Contains("kept: true", merged, StringComparison.Ordinal);

        KubeconfigFile.Remove(Target, "vitrine-x");
        var left = File.ReadAllText(Target);
        Assert.DoesNotContain("vitrine-x", left, StringComparison.Ordinal);
        Assert.Contains("https://prod:6443", left, StringComparison.Ordinal);
        Assert.Contains("\"007\"", left, StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_to_a_kubeconfig_stays_a_link()
    {
        var real = Path.Combine(folder, "real");
        File.WriteAllText(real, Theirs);
        var link = Path.Combine(folder, "link");
        File.CreateSymbolicLink(link, real);
        KubeconfigFile.Merge(link, Ours(), "vitrine-x");
        Assert.NotNull(File.ResolveLinkTarget(link, false));
        Assert.Contains("vitrine-x", File.ReadAllText(real), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a: [")]
    [InlineData("- just\n- a list")]
    public void A_file_that_is_no_kubeconfig_is_refused_and_left_alone(string text)
    {
        var file = Path.Combine(folder, "bad");
        File.WriteAllText(file, text);
        Assert.Throws<CommandFailure>(() => KubeconfigFile.Merge(file, Ours(), "vitrine-x"));
        Assert.Equal(text, File.ReadAllText(file));
    }

    [Fact]
    public void Removing_from_a_file_that_is_not_there_is_fine()
    {
        KubeconfigFile.Remove(Target, "vitrine-x");
        Assert.False(File.Exists(Target));
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
