using Vitrine.Linux.Netns;
using Xunit;

namespace Vitrine.Kernel.Linux;

public class NetnsTests
{
    [Fact]
    public async Task Many_at_once_are_each_in_their_own_and_nobody_stays_there()
    {
        using var home = NetnsHandle.Current();
        var handles = Enumerable.Range(0, 20).Select(_ => NetnsHandle.CreateUnpinned()).ToArray();
        await Task.WhenAll(Enumerable.Range(0, 400).Select(i => Task.Run(() =>
        {
            var netns = handles[i % handles.Length];
            Assert.Equal(netns.Inode(), netns.Run(() =>
            {
                using var here = NetnsHandle.Current();
                return here.Inode();
            }));
            using var after = NetnsHandle.Current();
            Assert.Equal(home.Inode(), after.Inode());
        })));
        Assert.Equal(handles.Length, handles.Select(static handle => handle.Inode()).Distinct().Count());
        foreach (var handle in handles)
        {
            handle.Dispose();
        }
    }

    [Fact]
    public void One_inside_another_is_there_and_back_again()
    {
        using var outer = NetnsHandle.CreateUnpinned();
        using var inner = NetnsHandle.CreateUnpinned();
        Assert.Equal((inner.Inode(), outer.Inode()), outer.Run(() =>
        {
            var there = inner.Run(static () => Here());
            return (there, Here());
        }));
    }

    [Fact]
    public void A_job_that_fails_tells_its_caller_and_the_next_one_runs()
    {
        using var netns = NetnsHandle.CreateUnpinned();
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal("no", Assert.Throws<InvalidOperationException>(() => netns.Run(static () => throw new InvalidOperationException("no"))).Message);
            Assert.Equal(netns.Inode(), netns.Run(static () => Here()));
        }
    }

    [Fact]
    public void Thousands_in_a_row_take_a_handful_of_threads()
    {
        using var netns = NetnsHandle.CreateUnpinned();
        var threads = Enumerable.Range(0, 2000).Select(_ => netns.Run(static () => Environment.CurrentManagedThreadId)).Distinct().Count();
        // Other tests take and give back threads meanwhile.
        Assert.InRange(threads, 1, 100);
    }

    private static ulong Here()
    {
        using var here = NetnsHandle.Current();
        return here.Inode();
    }
}
