using Xunit;

namespace Vitrine.Unit.Verbs;

/// <summary>Exit codes of the verbs that need no cluster, through the command line itself.</summary>
public sealed class ExitCodeTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("vitrine-lint-").FullName;

    [Theory]
    [InlineData("app: web", 0, 0)]
    [InlineData("app: wbe", 1, 1)]
    [InlineData("app: web}, externalName: x, loadBalancerIP: 192.0.2.7, sessionAffinity: None, foo: {a: b", 1, 1)]
    public async Task Lint_fails_on_errors(string selector, int code, int strict)
    {
        Write("web.yaml", selector);
        Assert.Equal(code, await RunAsync("lint", "-f", folder));
        Assert.Equal(code, await RunAsync("lint", "-f", Path.Combine(folder, "web.yaml"), "-o", "json"));
        Assert.Equal(strict, await RunAsync("lint", "-f", folder, "--strict"));
    }

    [Fact]
    public async Task Warnings_fail_only_where_one_is_strict()
    {
        File.WriteAllText(Path.Combine(folder, "r.yml"), "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: r}");
        Assert.Equal(0, await RunAsync("lint", "-f", folder));
        Assert.Equal(1, await RunAsync("lint", "-f", folder, "--strict"));
    }

    [Fact]
    public async Task What_cannot_be_read_is_2()
    {
        Assert.Equal(2, await RunAsync("lint"));
        Assert.Equal(2, await RunAsync("lint", "-f", Path.Combine(folder, "absent")));
        Assert.Equal(2, await RunAsync("lint", "-f", folder));
        Assert.Equal(2, await RunAsync("lint", "--no-such-option"));
        File.WriteAllBytes(Path.Combine(folder, "latin.yaml"), [0x61, 0x3a, 0xe9, 0xff]);
        Assert.Equal(2, await RunAsync("lint", "-f", folder));
        File.Delete(Path.Combine(folder, "latin.yaml"));
        Write("web.yaml", "app: web");
        Assert.Equal(2, await RunAsync("lint", "-f", folder, "--nodes", "0"));
    }

    [Fact]
    public async Task Folders_below_are_read_when_asked_for()
    {
        Directory.CreateDirectory(Path.Combine(folder, "below"));
        Write("below/web.json.yaml", "app: wbe");
        Assert.Equal(2, await RunAsync("lint", "-f", folder));
        Assert.Equal(1, await RunAsync("lint", "-R", "-f", folder));
    }

    [Theory]
    [InlineData("app: web", 0)]
    [InlineData("app: wbe", 1)]
    public async Task Explain_from_files_needs_no_cluster(string selector, int code)
    {
        Write("web.yaml", selector);
        Assert.Equal(code, await RunAsync("explain", "-f", folder, "deploy/web", "svc/web", "-o", "json"));
        Assert.Equal(code, await RunAsync("explain", "-f", Path.Combine(folder, "web.yaml"), "deploy/web", "http://web"));
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static Task<int> RunAsync(params string[] args) => Program.RunAsync(args);

    private void Write(string name, string selector) => File.WriteAllText(Path.Combine(folder, name), $$$"""
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          replicas: 2
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec: {containers: [{name: nginx, image: nginx, ports: [{name: http, containerPort: 80}]}]}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: web}
        spec: {selector: {{{{selector}}}}, ports: [{port: 80}]}
        """);
}
