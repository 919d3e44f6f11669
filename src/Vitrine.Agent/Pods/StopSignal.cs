using System.Globalization;

namespace Vitrine.Agent.Pods;

/// <summary>lifecycle.stopSignal (KEP-4960): the signal that asks a container to end, by its name in signal(7).</summary>
internal static class StopSignal
{
    // glibc keeps the first two real-time signals for itself.
    private const int FirstRealTime = 34, LastRealTime = 64;

    private static readonly Dictionary<string, int> Numbers = new(StringComparer.Ordinal)
    {
        ["SIGHUP"] = 1, ["SIGINT"] = 2, ["SIGQUIT"] = 3, ["SIGILL"] = 4, ["SIGTRAP"] = 5, ["SIGABRT"] = 6, ["SIGIOT"] = 6, ["SIGBUS"] = 7, ["SIGFPE"] = 8, ["SIGKILL"] = 9,
        ["SIGUSR1"] = 10, ["SIGSEGV"] = 11, ["SIGUSR2"] = 12, ["SIGPIPE"] = 13, ["SIGALRM"] = 14, ["SIGTERM"] = 15, ["SIGSTKFLT"] = 16, ["SIGCHLD"] = 17, ["SIGCLD"] = 17, ["SIGCONT"] = 18,
        ["SIGSTOP"] = 19, ["SIGTSTP"] = 20, ["SIGTTIN"] = 21, ["SIGTTOU"] = 22, ["SIGURG"] = 23, ["SIGXCPU"] = 24, ["SIGXFSZ"] = 25, ["SIGVTALRM"] = 26, ["SIGPROF"] = 27, ["SIGWINCH"] = 28,
        ["SIGIO"] = 29, ["SIGPOLL"] = 29, ["SIGPWR"] = 30, ["SIGSYS"] = 31, ["SIGRTMIN"] = FirstRealTime, ["SIGRTMAX"] = LastRealTime,
    };

    /// <summary>Null for a name that is none.</summary>
    public static int? Number(string name) =>
        Numbers.TryGetValue(name, out var number) ? number
        : name.StartsWith("SIGRTMIN+", StringComparison.Ordinal) && Offset(name) is { } up ? FirstRealTime + up
        : name.StartsWith("SIGRTMAX-", StringComparison.Ordinal) && Offset(name) is { } down ? LastRealTime - down
        : null;

    private static int? Offset(string name) => int.TryParse(name[9..], NumberStyles.None, CultureInfo.InvariantCulture, out var offset) && offset <= LastRealTime - FirstRealTime ? offset : null;
}
