using System.Collections.Immutable;
using System.Net;
using System.Text;
using Vitrine.Model.Plans;
using Vitrine.Model.Plans.Dns;
using Vitrine.Model.Snapshot;
using Vitrine.Model.Watching;
using Xunit;

namespace Vitrine.Unit.Model;

public sealed class SnapshotFileTests : IDisposable
{
    private readonly string path = Path.Combine(Directory.CreateTempSubdirectory("vitrine-snapshot-").FullName, SnapshotFile.Name);

    public static TheoryData<string> Cases => ServicePlanTests.Cases;

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Names_and_announced_addresses_are_the_same_from_the_file(string name)
    {
        var snapshot = ServicePlanTests.Read(File.ReadAllText(Path.Combine(ServicePlanTests.Folder(), name, "in.yaml")));
        await SnapshotFile.WriteAsync(path, snapshot);
        var read = SnapshotFile.Read(path)!;
        foreach (var node in new[] { "node-1", "node-2" })
            Assert.Equal(ServicePlan.Compile(snapshot, node).Announced, ServicePlan.Compile(read, node).Announced);
        Assert.Equal($"{Zone(snapshot)}", $"{Zone(read)}");
    }

    [Fact]
    public async Task Endpoints_that_no_name_and_no_address_depends_on_are_not_kept()
    {
        Service service = new() { Namespace = "default", Name = "web", Uid = "u", ClusterIPs = [IPAddress.Parse("10.96.0.7")], Selector = ImmutableDictionary<string, string>.Empty.Add("app", "web") };
        var snapshot = (ClusterSnapshot.Empty with { Services = ImmutableDictionary<string, Service>.Empty.Add(service.Key, service) })
            .With(new EndpointSlice { Namespace = "default", Name = "web-1", ServiceName = "web", Endpoints = [new Endpoint { Address = IPAddress.Parse("10.244.0.2"), Ready = false }] });
        await SnapshotFile.WriteAsync(path, snapshot);
        Assert.DoesNotContain("10.244.0.2", File.ReadAllText(path), StringComparison.Ordinal);
        await SnapshotFile.WriteAsync(path, snapshot with { Services = snapshot.Services.SetItem(service.Key, service with { Headless = true, ClusterIPs = [] }) });
        Assert.False(Assert.Single(SnapshotFile.Read(path)!.SlicesOf("default/web").Values).Endpoints[0].Ready);
    }

    [Fact]
    public async Task It_is_its_owners_alone()
    {
        await SnapshotFile.WriteAsync(path, ClusterSnapshot.Empty);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"Nodes":[],"Namespaces":[],"Services":[null],"Slices":[]}""")]
    [InlineData("""{"Nodes":[],"Namespaces":[],"Services":[],"Slices":null}""")]
    [InlineData("""{"Nodes":[],"Namespaces":[],"Services":[{"Namespace":"a","Name":"b","Uid":"c","ClusterIPs":["here"]}],"Slices":[]}""")]
    public void What_cannot_be_read_is_as_if_it_were_not_there(string text) => Assert.Null(SnapshotFile.Parse(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void No_file_is_none() => Assert.Null(SnapshotFile.Read(path));

    private static DnsPlan Zone(ClusterSnapshot snapshot) => DnsPlan.Compile(snapshot, "cluster.local", [IPAddress.Parse("10.96.0.10")]);
}
