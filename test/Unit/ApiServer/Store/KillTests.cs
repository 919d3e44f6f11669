using System.Diagnostics;
using System.Globalization;
using Vitrine.ApiServer.Store;
using Xunit;

namespace Vitrine.Unit.ApiServer.Store;

/// <summary>
/// Kills a writing process again and again. The child is this executable running one explicit test; it prints a line
/// per acknowledged write, so what it printed must be there afterwards.
/// </summary>
public sealed class KillTests
{
    private const string DirectoryVariable = "VITRINE_KILL_DIRECTORY";
    private const int Rounds = 6;

    [Fact]
    public async Task What_was_acknowledged_survives_kill_9()
    {
        string directory = Directory.CreateTempSubdirectory("vitrine-kill-").FullName;
        try
        {
            Dictionary<string, long> acknowledged = new(StringComparer.Ordinal);
            long head = 0;
            for (int round = 0; round < Rounds; round++)
            {
                await WriteAndKillAsync(directory, 60 + (round * 37), acknowledged);
                using RevisionLog log = new(Path.Combine(directory, "revisions.db"));
                Dictionary<string, long> present = log.Read().ToDictionary(static row => row.Name, static row => row.Revision, StringComparer.Ordinal);
                foreach ((string name, long revision) in acknowledged)
                {
                    Assert.True(present.TryGetValue(name, out long stored), $"{name} was acknowledged and is gone");
                    Assert.Equal(revision, stored);
                }

                Assert.True(log.Head >= head, "the revision went back");
                head = log.Head;
            }

            Assert.True(acknowledged.Count >= Rounds * 60, "the rounds wrote something");
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact(Explicit = true)]
    public async Task Child_writes_until_it_is_killed()
    {
        string directory = Environment.GetEnvironmentVariable(DirectoryVariable) ?? throw new InvalidOperationException($"{DirectoryVariable} is set by the parent test");
        using StreamWriter acknowledged = new(new FileStream(Path.Combine(directory, "acknowledged"), FileMode.Append, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true };
        TemporaryStore store = TemporaryStore.At(directory);
        string run = Guid.NewGuid().ToString("N")[..8];
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async writer =>
        {
            for (int i = 0; ; i++)
            {
                StoredObject stored = (await store.PutAsync($"{run}-{writer}-{i}", "1")).Object!;
                lock (acknowledged)
                {
                    acknowledged.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{stored.Name} {stored.Revision}"));
                }
            }
        }));
    }

    private static async Task WriteAndKillAsync(string directory, int writes, Dictionary<string, long> acknowledged)
    {
        string file = Path.Combine(directory, "acknowledged");
        ProcessStartInfo start = new(Environment.ProcessPath!, ["-method", $"{typeof(KillTests).FullName}.{nameof(Child_writes_until_it_is_killed)}", "-explicit", "only", "-noLogo"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { [DirectoryVariable] = directory },
        };
        using Process child = Process.Start(start)!;
        child.OutputDataReceived += static (_, _) => { };
        child.ErrorDataReceived += static (_, _) => { };
        child.BeginOutputReadLine();
        child.BeginErrorReadLine();
        try
        {
            using CancellationTokenSource deadline = new(TimeSpan.FromSeconds(30));
            while (!File.Exists(file) || CompleteLines(file).Count < acknowledged.Count + writes)
            {
                Assert.False(child.HasExited, "the child ended by itself");
                await Task.Delay(5, deadline.Token);
            }
        }
        finally
        {
            child.Kill();
            await child.WaitForExitAsync();
        }

        foreach (string line in CompleteLines(file))
        {
            string[] words = line.Split(' ');
            acknowledged[words[0]] = long.Parse(words[1], CultureInfo.InvariantCulture);
        }

        // A half-written last line would run into the next child's first.
        File.WriteAllLines(file, acknowledged.Select(static pair => $"{pair.Key} {pair.Value}"));
    }

    private static List<string> CompleteLines(string file)
    {
        using StreamReader reader = new(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        string text = reader.ReadToEnd();
        return [.. text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }
}
