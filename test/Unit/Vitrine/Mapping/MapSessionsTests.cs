using CsCheck;
using Vitrine.Mapping;
using Xunit;

namespace Vitrine.Unit.Mapping;

public sealed class MapSessionsTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("vitrine-map-");

    private MapSessions Sessions => new(Path.Combine(folder.FullName, "map"));

    [Fact]
    public void A_link_is_good_once_and_its_session_goes_on()
    {
        var token = Sessions.Issue(MapRights.Look);
        var cookie = Sessions.Redeem(token);
        Assert.NotNull(cookie);
        Assert.NotEqual(token, cookie);
        Assert.Null(Sessions.Redeem(token));
        // Another server knows it.
        Assert.Equal(MapRights.Look, Sessions.Rights(cookie));
    }

    [Fact]
    public void Of_many_who_follow_a_link_at_once_one_gets_in()
    {
        var token = Sessions.Issue(MapRights.Look);
        Assert.Single(Enumerable.Range(0, 32).AsParallel().WithDegreeOfParallelism(8).Select(_ => Sessions.Redeem(token)).OfType<string>());
    }

    [Fact]
    public void A_link_says_what_may_be_done() => Assert.Equal(MapRights.Apply, Sessions.Rights(Sessions.Redeem(Sessions.Issue(MapRights.Apply))));

    [Fact]
    public void Neither_names_nor_rights_of_the_files_tell_the_secret()
    {
        var token = Sessions.Issue(MapRights.Look);
        var file = Assert.Single(Directory.EnumerateFiles(Path.Combine(folder.FullName, "map")));
        Assert.DoesNotContain(token, file, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(file)!));
    }

    [Fact]
    public void Whatever_else_is_given_is_nobody()
    {
        Assert.Null(Sessions.Rights(null));
        var sessions = Sessions;
        sessions.Issue(MapRights.Apply);
        Gen.String.Sample(text =>
        {
            Assert.Null(sessions.Redeem(text));
            Assert.Null(sessions.Rights(text));
        });
    }

    public void Dispose() => folder.Delete(recursive: true);
}
