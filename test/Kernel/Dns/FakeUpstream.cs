using System.Net;
using System.Net.Sockets;
using Vitrine.Dns.Wire;

namespace Vitrine.Kernel.Dns;

/// <summary>A DNS server under the test's control, on a loopback address of a lab's namespace; what it sends is whatever its script makes of a question.</summary>
internal sealed class FakeUpstream : IDisposable
{
    private readonly Socket udp, tcp;
    private readonly CancellationTokenSource stop = new();

    /// <param name="lab">Whose namespace.</param>
    /// <param name="address">Of 127/8.</param>
    /// <param name="script">Question, and whether it came by TCP → the datagrams to send back, in order.</param>
    public FakeUpstream(ThrowAwayNetns netns, string address, Func<byte[], bool, IEnumerable<byte[]>> script)
    {
        EndPoint = new IPEndPoint(IPAddress.Parse(address), 53);
        (udp, tcp) = netns.Handle.Run(() => (new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp), new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)));
        udp.Bind(EndPoint);
        tcp.Bind(EndPoint);
        tcp.Listen();
        _ = ServeDatagramsAsync(script);
        _ = ServeStreamsAsync(script);
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>Questions that came, with the port and identifier of each.</summary>
    public List<(int Port, int Id, bool Tcp)> Seen { get; } = [];

    /// <summary>The question turned into a reply with these records; names in lower case without compression.</summary>
    public static byte[] Reply(byte[] question, int rcode, (string Owner, ushort Type, int Seconds, byte[] Content)[] answers, (string Owner, ushort Type, int Seconds, byte[] Content)[]? authorities = null, bool truncated = false)
    {
        var nameLength = WireName.Measure(question.AsSpan(DnsFormat.HeaderSize));
        var bytes = new List<byte>(question[..(DnsFormat.HeaderSize + nameLength + 4)]);
        (bytes[2], bytes[3]) = ((byte)(0x81 | (truncated ? 2 : 0)), (byte)(0x80 | rcode));
        (bytes[7], bytes[9], bytes[11]) = ((byte)answers.Length, (byte)(authorities?.Length ?? 0), 0);
        foreach (var (owner, type, seconds, content) in answers.Concat(authorities ?? []))
        {
            bytes.AddRange(WireName.Parse(owner)!);
            bytes.AddRange([(byte)(type >> 8), (byte)type, 0, 1, (byte)(seconds >> 24), (byte)(seconds >> 16), (byte)(seconds >> 8), (byte)seconds, (byte)(content.Length >> 8), (byte)content.Length]);
            bytes.AddRange(content);
        }
        return [.. bytes];
    }

    public static (string, ushort, int, byte[]) A(string owner, string address, int seconds = 60) => (owner, 1, seconds, IPAddress.Parse(address).GetAddressBytes());

    public static (string, ushort, int, byte[]) Soa(string zone, int seconds = 60) =>
        (zone, 6, seconds, [.. WireName.Parse($"ns.{zone}")!, .. WireName.Parse($"root.{zone}")!, 0, 0, 0, 1, 0, 0, 14, 16, 0, 0, 3, 132, 0, 9, 58, 128, 0, 0, 0, (byte)seconds]);

    public void Dispose()
    {
        stop.Cancel();
        udp.Dispose();
        tcp.Dispose();
    }

    private async Task ServeDatagramsAsync(Func<byte[], bool, IEnumerable<byte[]>> script)
    {
        var buffer = new byte[4096];
        while (!stop.IsCancellationRequested)
        {
            var got = await udp.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), stop.Token);
            var question = buffer[..got.ReceivedBytes];
            lock (Seen)
                Seen.Add((((IPEndPoint)got.RemoteEndPoint).Port, question[0] << 8 | question[1], false));
            foreach (var reply in script(question, false))
                await udp.SendToAsync(reply, got.RemoteEndPoint, stop.Token);
        }
    }

    private async Task ServeStreamsAsync(Func<byte[], bool, IEnumerable<byte[]>> script)
    {
        while (!stop.IsCancellationRequested)
        {
            using var client = await tcp.AcceptAsync(stop.Token);
            var buffer = new byte[4096];
            var count = await client.ReceiveAsync(buffer, stop.Token);
            var question = buffer[2..count];
            lock (Seen)
                Seen.Add((((IPEndPoint)client.RemoteEndPoint!).Port, question[0] << 8 | question[1], true));
            foreach (var reply in script(question, true))
                await client.SendAsync((byte[])[(byte)(reply.Length >> 8), (byte)reply.Length, .. reply], stop.Token);
        }
    }
}
