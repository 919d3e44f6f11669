using System.Text.Json;
using Xunit;

namespace Vitrine.Cluster;

/// <summary>Images: listed, loaded from an archive, pulled by nodes that never saw a registry.</summary>
public sealed class ImageTests(SharedCluster cluster)
{
    [Fact]
    public async Task An_image_loaded_from_an_archive_runs_under_its_own_name()
    {
        var archive = Path.Combine(Directory.CreateTempSubdirectory("vitrine-archive-").FullName, "image.tar");
        var copy = await Shell.RunAsync("skopeo", ["copy", "--insecure-policy", "oci:/var/lib/vitrine/images:docker.io/library/debian:latest", $"docker-archive:{archive}:example.com/loaded:v1"]);
        Assert.SkipUnless(copy.ExitCode == 0, copy.Error);
        var load = await Shell.RunAsync(TestCluster.Vitrine, ["image", "load", archive]);
        Assert.Equal("loaded example.com/loaded:v1\n", load.Output);
        var ns = await cluster.NamespaceAsync("loaded");
        await cluster.KubectlAsync($"apply -n {ns} -f -", Pods.One("box", "example.com/loaded:v1", "sleep infinity"));
        await cluster.KubectlAsync($"wait -n {ns} pod/box --for=condition=Ready --timeout=45s");
        Directory.Delete(Path.GetDirectoryName(archive)!, recursive: true);
    }

    [Fact]
    public async Task The_built_images_are_listed_and_building_again_builds_nothing()
    {
        var list = JsonDocument.Parse((await Shell.RunAsync(TestCluster.Vitrine, ["image", "ls", "-o", "json"])).Output).RootElement;
        Assert.Contains(list.EnumerateArray(), i => i.GetProperty("image").GetString() == "docker.io/library/nginx:latest");
        var build = JsonDocument.Parse((await Shell.RunAsync(TestCluster.Vitrine, ["image", "build", "-o", "json"], limit: TimeSpan.FromMinutes(2))).Output).RootElement;
        Assert.All(build.EnumerateArray(), i => Assert.True(i.GetProperty("cached").GetBoolean()));
    }

    [Fact]
    public async Task An_untagged_image_means_pull_policy_Always_and_works_offline()
    {
        var ns = await cluster.NamespaceAsync("untagged");
        await cluster.KubectlAsync($"run web -n {ns} --image=nginx");
        await cluster.KubectlAsync($"wait -n {ns} pod/web --for=condition=Ready --timeout=45s");
        Assert.Equal("Always", await cluster.KubectlAsync($"get pod web -n {ns} -o jsonpath={{.spec.containers[0].imagePullPolicy}}"));
    }
}
