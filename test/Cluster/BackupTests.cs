using System.Text.Json;
using Xunit;

namespace Vitrine.Cluster;

/// <summary>A cluster is saved, removed, and comes back as it was; what it was asked is in its audit log.</summary>
public sealed class BackupTests : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("vitrine-saved-").FullName;
    private readonly TestCluster cluster;

    public BackupTests() => cluster = new TestCluster("saved", 13, "--audit-log-path", Path.Combine(folder, "audit.log"));

    public ValueTask InitializeAsync() => cluster.InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        await cluster.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task It_comes_back_with_its_objects_and_runs_its_pods()
    {
        var file = Path.Combine(folder, "backup");
        await cluster.KubectlAsync("create namespace kept");
        await cluster.KubectlAsync("create secret generic s -n kept --from-literal=password=hunter2");
        await cluster.KubectlAsync("create deployment web -n kept --image=debian -- sleep infinity");
        await cluster.KubectlAsync("rollout status deployment/web -n kept --timeout=60s", limit: TimeSpan.FromSeconds(70));
        var version = long.Parse(await cluster.KubectlAsync("get namespace kept -o jsonpath={.metadata.resourceVersion}"), System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(0, (await Shell.RunAsync(TestCluster.Vitrine, ["backup", file, "--name", cluster.Name])).ExitCode);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        var running = await Shell.RunAsync(TestCluster.Vitrine, ["restore", file, "--name", cluster.Name]);
        Assert.True(running.ExitCode != 0 && running.Error.Contains("is running", StringComparison.Ordinal), running.All);

        var events = File.ReadLines(Path.Combine(folder, "audit.log")).Select(static line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.Contains(events, static e => e.GetProperty("verb").GetString() == "create" && e.TryGetProperty("objectRef", out var about) && about.GetProperty("resource").GetString() == "secrets");
        Assert.DoesNotContain(File.ReadLines(Path.Combine(folder, "audit.log")), static line => line.Contains("hunter2", StringComparison.Ordinal) || line.Contains("aHVudGVyMg", StringComparison.Ordinal));

        Assert.Equal(0, (await cluster.DownAsync()).ExitCode);
        var restored = await Shell.RunAsync(TestCluster.Vitrine, ["restore", file, "--name", cluster.Name]);
        Assert.True(restored.ExitCode == 0, restored.All);
        var up = await cluster.UpAsync();
        Assert.True(up.ExitCode == 0, up.All);
        Assert.Equal("hunter2", System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(await cluster.KubectlAsync("get secret s -n kept -o jsonpath={.data.password}"))));
        Assert.True(long.Parse(await cluster.KubectlAsync("get namespace kept -o jsonpath={.metadata.resourceVersion}"), System.Globalization.CultureInfo.InvariantCulture) > version);
        await cluster.EventuallyAsync("get deployment web -n kept -o jsonpath={.status.readyReplicas}", static ready => ready == "1", seconds: 90);
    }
}
