namespace Vitrine.Cni;

/// <summary>Error codes: up to 99 the CNI specification's (section 5, "Error"), from 100 our own.</summary>
internal static class ErrorCode
{
    internal const int IncompatibleVersion = 1;
    internal const int UnsupportedField = 2;

    /// <summary>The container is unknown or gone; the runtime need not call DEL.</summary>
    internal const int UnknownContainer = 3;
    internal const int InvalidEnvironment = 4;
    internal const int InputOutput = 5;
    internal const int Decode = 6;
    internal const int InvalidConfig = 7;
    internal const int TryAgain = 11;

    /// <summary>STATUS: ADD would not be served.</summary>
    internal const int NotAvailable = 50;

    /// <summary>STATUS: ADD would not be served, and attached containers may be cut off.</summary>
    internal const int LimitedConnectivity = 51;

    /// <summary>A fault of the plugin itself; the number libcni uses for internal errors.</summary>
    internal const int Unexpected = 999;

    internal const int AddressesExhausted = 100;
    internal const int AlreadyAttached = 101;
    internal const int LeasesCorrupt = 102;
    internal const int KernelRefused = 103;
    internal const int CheckFailed = 104;

    /// <summary>An address, a MAC address or a host port that was asked for is somebody else's.</summary>
    internal const int Taken = 105;
}
