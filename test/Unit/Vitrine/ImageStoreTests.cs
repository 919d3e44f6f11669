using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Vitrine.Images;
using Xunit;

namespace Vitrine.Unit.Executable;

public sealed class ImageStoreTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("vitrine-images-").FullName;

    private ImageStore Store => new(Path.Combine(folder, "store"));

    [Fact]
    public void A_name_moves_to_the_newest_image_and_the_others_stay()
    {
        var a = Manifest("a");
        var b = Manifest("b");
        Store.Tag(ImageReference.Parse("one"), a);
        Store.Tag(ImageReference.Parse("two"), a);
        Store.Tag(ImageReference.Parse("one"), b);
        Assert.Equal(b.Digest, Store.List()["docker.io/library/one:latest"].Digest);
        Assert.Equal(a.Digest, Store.List()["docker.io/library/two:latest"].Digest);
        Assert.NotNull(Store.Closure(b));
    }

    [Fact]
    public async Task What_is_saved_is_loaded_elsewhere_under_its_name()
    {
        Store.Tag(ImageReference.Parse("one"), Manifest("a"));
        Store.Tag(ImageReference.Parse("two"), Manifest("b"));
        var file = Path.Combine(folder, "saved.tar");
        await using (var output = File.Create(file))
            await ImageArchive.WriteAsync(Store, ["two"], output, TestContext.Current.CancellationToken);
        var other = new ImageStore(Path.Combine(folder, "other"));
        Assert.Equal(["docker.io/library/two:latest"], await new ImageLoad(other).RunAsync(file, TestContext.Current.CancellationToken));
        Assert.NotNull(other.Closure(other.List()["docker.io/library/two:latest"]));
        await Assert.ThrowsAsync<CommandFailure>(() => ImageArchive.WriteAsync(Store, ["three"], Stream.Null, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("sha256:../../../etc/passwd")]
    [InlineData("sha256:")]
    [InlineData("md5:aa")]
    public void A_digest_that_is_none_finds_nothing(string digest) => Assert.Null(Store.Blob(digest));

    [Fact]
    public async Task A_docker_archive_is_loaded_under_all_its_names()
    {
        var file = await ArchiveAsync(gzip: true, ("manifest.json", """[{"Config":"c.json","RepoTags":["app:1","me/app:2"],"Layers":["l.tar"]}]"""), ("c.json", Config), ("l.tar", "layer"));
        Assert.Equal(["docker.io/library/app:1", "docker.io/me/app:2"], await new ImageLoad(Store).RunAsync(file, TestContext.Current.CancellationToken));
        Assert.NotNull(Store.Closure(Store.List()["docker.io/library/app:1"]));
    }

    [Theory]
    [InlineData("""[{"Config":"../../../etc/passwd","RepoTags":["app:1"],"Layers":[]}]""", "leaves the archive")]
    [InlineData("""[{"Config":"nowhere.json","RepoTags":["app:1"],"Layers":[]}]""", "damaged")]
    [InlineData("""[{"Config":"c.json","RepoTags":null,"Layers":[]}]""", "no names")]
    [InlineData("""{"not":"a list"}""", "damaged")]
    public async Task A_bad_docker_archive_is_refused_and_nothing_is_named(string manifest, string why)
    {
        var file = await ArchiveAsync(gzip: false, ("manifest.json", manifest), ("c.json", Config));
        var failure = await Assert.ThrowsAsync<CommandFailure>(() => new ImageLoad(Store).RunAsync(file, TestContext.Current.CancellationToken));
        Assert.Contains(why, failure.Message, StringComparison.Ordinal);
        Assert.Empty(Store.List());
    }

    [Fact]
    public async Task An_oci_archive_with_a_wrong_blob_is_refused()
    {
        var digest = new string('0', 64);
        var file = await ArchiveAsync(
            gzip: false,
            ("index.json", $$$"""{"schemaVersion":2,"manifests":[{"mediaType":"{{{OciMediaType.Manifest}}}","digest":"sha256:{{{digest}}}","size":2,"annotations":{"io.containerd.image.name":"app:1"}}]}"""),
            ($"blobs/sha256/{digest}", $$$"""{"schemaVersion":2,"config":{"mediaType":"x","digest":"sha256:{{{digest}}}","size":1},"layers":[]}"""));
        var failure = await Assert.ThrowsAsync<CommandFailure>(() => new ImageLoad(Store).RunAsync(file, TestContext.Current.CancellationToken));
        Assert.Contains("its content is sha256:", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("this is no tar")]
    public async Task A_file_that_is_no_archive_says_so(string content)
    {
        var file = Path.Combine(folder, "junk");
        await File.WriteAllTextAsync(file, content, TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<CommandFailure>(() => new ImageLoad(Store).RunAsync(file, TestContext.Current.CancellationToken));
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private const string Config = """{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}""";

    private OciDescriptor Manifest(string text)
    {
        var config = Store.Put(Encoding.UTF8.GetBytes($$$"""{"architecture":"{{{text}}}","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}"""), OciMediaType.Config);
        return Store.Put(Encoding.UTF8.GetBytes($$$"""{"schemaVersion":2,"config":{"mediaType":"{{{config.MediaType}}}","digest":"{{{config.Digest}}}","size":{{{config.Size}}} },"layers":[]}"""), OciMediaType.Manifest);
    }

    private async Task<string> ArchiveAsync(bool gzip, params (string Name, string Text)[] files)
    {
        var path = Path.Combine(folder, $"{Guid.NewGuid():n}.tar");
        await using var raw = File.Create(path);
        await using Stream output = gzip ? new GZipStream(raw, CompressionLevel.Fastest) : raw;
        await using var tar = new TarWriter(output);
        foreach (var (name, text) in files)
        {
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)) });
        }

        return path;
    }
}
