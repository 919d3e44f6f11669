using System.Diagnostics;
using System.Globalization;

namespace Vitrine.Agent.Containerd;

/// <summary>The running containerd as a pid; it outlives the agent, which finds it again by its pid file.</summary>
internal sealed class ContainerdProcess(ContainerdPaths paths, string[] environment)
{
    /// <summary>Pid of the containerd that runs with our config file, or null.</summary>
    public int? Find()
    {
        if (!File.Exists(paths.PidFile) || !int.TryParse(File.ReadAllText(paths.PidFile), CultureInfo.InvariantCulture, out var pid))
        {
            return null;
        }

        return IsOurs(pid) ? pid : null;
    }

    /// <summary>Starts containerd in a session of its own, so that no signal meant for the agent reaches it.</summary>
    /// <exception cref="InvalidOperationException">A program is missing.</exception>
    public int Start()
    {
        // A socket left by a killed containerd makes it refuse nothing, but would let a client wait on a dead listener.
        File.Delete(paths.Socket);
        File.Delete(paths.Socket + ".ttrpc");
        var start = new ProcessStartInfo("/bin/sh") { UseShellExecute = false };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add("exec setsid containerd --config \"$0\" --log-level warn </dev/null >>\"$1\" 2>&1");
        start.ArgumentList.Add(paths.ConfigFile);
        start.ArgumentList.Add(paths.LogFile);
        foreach (var variable in environment)
        {
            var at = variable.IndexOf('=', StringComparison.Ordinal);
            start.Environment[variable[..at]] = variable[(at + 1)..];
        }

        // Not disposed: .NET reaps the child, which keeps /proc/<pid> truthful.
        var process = Process.Start(start) ?? throw new InvalidOperationException("starting containerd: /bin/sh could not be run.");
        AtomicFile.Write(paths.PidFile, process.Id.ToString(CultureInfo.InvariantCulture));
        return process.Id;
    }

    public bool IsOurs(int pid)
    {
        try
        {
            var arguments = File.ReadAllText($"/proc/{pid}/cmdline");
            // Empty: a zombie. "setsid" and "sh" carry the same config path before they exec.
            return arguments.Contains(paths.ConfigFile, StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
