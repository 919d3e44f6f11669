using Vitrine.Cni.Config;
using Vitrine.Cni.Invocation;
using Vitrine.Cni.Reaping;
using Vitrine.Cni.Results;
using Vitrine.Cni.Verbs;
using Vitrine.Linux.Interop;
using Vitrine.Linux.Netlink;
using Vitrine.Linux.Nft;

namespace Vitrine.Cni;

/// <summary>
/// A CNI plugin by the specification 1.1.0: command and container in the environment, network config on stdin, result or error on stdout.
/// Standard streams are used as descriptors: System.Console costs more than a whole DEL.
/// </summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        if (arguments is [Reaper.Command, var networkDirectory])
            return Reaper.Run(networkDirectory);
        byte[] input = [];
        try
        {
            var call = PluginCall.Read(Environment.GetEnvironmentVariable);
            input = ReadInput();
            var output = Run(call, input);
            try
            {
                Write(output);
            }
            catch (LinuxException e) when (call.Command == "ADD" && e.Errno == Errno.EPIPE)
            {
                // The runtime died meanwhile: it will never ask to delete what it was not told of.
                Run(call with { Command = "DEL" }, input);
                return 1;
            }
            return 0;
        }
        catch (Exception e)
        {
            var version = ConfigReader.PeekVersion(input);
            Write(ResultWriter.Error(Typed(e), SpecVersion.Supported.Contains(version) ? version! : SpecVersion.Newest));
            return 1;
        }
    }

    private static byte[] Run(PluginCall call, byte[] input)
    {
        if (call.Command == "VERSION")
            return VersionVerb.Run(input);
        var config = ConfigReader.Read(input, forContainer: call.Command is "ADD" or "CHECK");
        var introduced = call.Command switch { "CHECK" => "0.4.0", "GC" or "STATUS" => "1.1.0", _ => "0.3.0" };
        if (!SpecVersion.AtLeast(config.CniVersion, introduced))
            throw new CniException(ErrorCode.IncompatibleVersion, $"{call.Command} does not exist in CNI version {config.CniVersion}", $"it came with {introduced}");
        if (config is { IsLoopback: false, Mode: WiringMode.Chained } && call.Command is "ADD" or "DEL" or "CHECK")
            return call.Command switch { "ADD" => ChainedVerbs.Add(call, config), "DEL" => ChainedVerbs.Del(call, config), _ => ChainedVerbs.Check(call, config) };
        return (call.Command, config.IsLoopback) switch
        {
            ("ADD", false) => AddVerb.Run(call, config),
            ("DEL", false) => DelVerb.Run(call, config),
            ("CHECK", false) => CheckVerb.Run(call, config),
            ("GC", false) => GcVerb.Run(config),
            ("STATUS", false) => StatusVerb.Run(config),
            ("ADD", true) => LoopbackVerbs.Add(call, config),
            ("CHECK", true) => LoopbackVerbs.Check(call),
            _ => [],
        };
    }

    private static byte[] ReadInput()
    {
        using var stdin = FileHandle.Borrow(0);
        try
        {
            return stdin.ReadToEnd(ConfigReader.MaxBytes);
        }
        catch (LinuxException e) when (e.Errno == Errno.ERANGE)
        {
            throw new CniException(ErrorCode.Decode, "the network config is too long", $"the limit is {ConfigReader.MaxBytes} bytes");
        }
    }

    private static void Write(ReadOnlySpan<byte> output)
    {
        if (output.IsEmpty)
            return;
        using var stdout = FileHandle.Borrow(1);
        stdout.Write(output);
    }

    private static CniException Typed(Exception e) => e switch
    {
        CniException known => known,
        LinuxException { Errno: Errno.EAGAIN or Errno.EBUSY or Errno.ENOBUFS or Errno.ENOMEM } => new CniException(ErrorCode.TryAgain, e.Message, "the kernel is short of something just now"),
        NetlinkException or NftException => new CniException(ErrorCode.KernelRefused, e.Message, "everything done so far was undone"),
        LinuxException => new CniException(ErrorCode.InputOutput, e.Message),
        _ => new CniException(ErrorCode.Unexpected, $"unexpected {e.GetType().Name}", e.Message),
    };
}
