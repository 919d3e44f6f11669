namespace Vitrine.Linux.Interop;

/// <summary>Signal numbers, signal(7).</summary>
public enum Signal
{
    None = 0,
    Hangup = 1,
    Interrupt = 2,
    Quit = 3,
    Kill = 9,
    User1 = 10,
    User2 = 12,
    Terminate = 15,
    Continue = 18,
    Stop = 19,

    /// <summary>SIGPWR: the machine is about to go.</summary>
    PowerFailure = 30,
}
