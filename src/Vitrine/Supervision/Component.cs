using System.Diagnostics;

namespace Vitrine.Supervision;

/// <summary>One process of a cluster: what to run, and where its words and its pid go.</summary>
internal sealed record Component
{
    public required string Name { get; init; }

    public required string Program { get; init; }

    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>Null: its words go where the caller's go.</summary>
    public required string? LogFile { get; init; }

    public required string PidFile { get; init; }

    /// <summary>Cgroup folder whose cgroup.procs it joins before it begins; null: it stays in the caller's.</summary>
    public required string? Cgroup { get; init; }

    /// <summary>How long it may take to end once asked; then it is killed.</summary>
    public TimeSpan Farewell { get; init; } = TimeSpan.FromSeconds(5);

    // sh joins the cgroup, opens the log and becomes the program: same pid, session of its own, no terminal, and nothing else that whoever called us
    // had open: a lock he holds (flock CMD vitrine up) is not held for ever. More descriptors than these sh cannot name. It may open as many files as a daemon
    // of systemd's, where that is allowed: each connection at the gateway is one or two.
    private const string Launch = """ulimit -Hn 1048576 2>/dev/null; { [ -z "$1" ] || echo $$ >"$1/cgroup.procs"; } && { [ -z "$2" ] || exec >>"$2" 2>&1; } && exec </dev/null 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- && shift 2 && exec setsid "$@" """;

    /// <summary>Starts it. The caller's process is its parent and may wait for it.</summary>
    public Process Start()
    {
        if (LogFile is not null)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(LogFile)!);
        }

        Directory.CreateDirectory(Path.GetDirectoryName(PidFile)!);
        var start = new ProcessStartInfo("/bin/sh") { UseShellExecute = false };
        foreach (var argument in new[] { "-c", Launch, "sh", Cgroup ?? "", LogFile ?? "", Program }.Concat(Arguments))
        {
            start.ArgumentList.Add(argument);
        }

        var process = Process.Start(start)!;
        ProcessFile.Of(process.Id)?.Write(PidFile);
        return process;
    }
}
