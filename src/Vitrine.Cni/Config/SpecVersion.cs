namespace Vitrine.Cni.Config;

/// <summary>The versions of the CNI specification spoken here.</summary>
internal static class SpecVersion
{
    internal const string Newest = "1.1.0";

    internal static readonly string[] Supported = ["0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"];

    /// <summary>CHECK came with 0.4.0, GC and STATUS with 1.1.0.</summary>
    internal static bool AtLeast(string version, string introduced) => Array.IndexOf(Supported, version) >= Array.IndexOf(Supported, introduced);

    /// <summary>Before 1.0.0 every address of a result says its family.</summary>
    internal static bool WritesAddressFamily(string version) => !AtLeast(version, "1.0.0");

    /// <summary>1.1.0 added <c>mtu</c> to interfaces.</summary>
    internal static bool WritesInterfaceMtu(string version) => AtLeast(version, "1.1.0");
}
