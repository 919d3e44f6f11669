using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Vitrine.Dns.Wire;

namespace Vitrine.Bench.Dns;

/// <summary>Asks as fast as answers come, or at a steady trickle. One query in ten is for a name that does not exist. A wrong answer ends the run.</summary>
internal sealed class LoadClient : IDisposable
{
    private const int Window = 64;
    private readonly byte[][] queries;
    private readonly bool[] exists;
    private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 4 << 20, ReceiveTimeout = 1000 };
    private readonly byte[] buffer = new byte[2048];
    private int next;

    internal LoadClient(IPEndPoint server, int services)
    {
        socket.Connect(server);
        var random = new Random(1);
        queries = new byte[4096][];
        exists = new bool[queries.Length];
        for (var i = 0; i < queries.Length; i++)
        {
            exists[i] = i % 10 != 0;
            queries[i] = Query(exists[i] ? Names.Name(random.Next(services)) : $"x{i}.n1.svc.{Names.Zone}");
        }
    }

    /// <returns>answers, and microseconds each took</returns>
    internal List<double> Load(TimeSpan time)
    {
        var sent = new long[ushort.MaxValue + 1];
        var took = new List<double>(1 << 20);
        var began = Stopwatch.GetTimestamp();
        var open = 0;
        while (Stopwatch.GetElapsedTime(began) < time)
        {
            for (; open < Window; open++)
                Send(sent);
            Receive(sent, took);
            open--;
            // What has come in the meantime is taken without waiting: the window is refilled in bursts, as many clients would.
            for (; open > Window / 2; open--)
                Receive(sent, took);
        }
        for (; open > 0; open--)
            Receive(sent, took);
        return took;
    }

    /// <summary>One at a time, so many a second.</summary>
    internal List<double> Trickle(TimeSpan time, int perSecond)
    {
        var sent = new long[ushort.MaxValue + 1];
        var took = new List<double>();
        var began = Stopwatch.GetTimestamp();
        for (var i = 1; Stopwatch.GetElapsedTime(began) < time; i++)
        {
            Send(sent);
            Receive(sent, took);
            while (Stopwatch.GetElapsedTime(began).TotalSeconds * perSecond < i)
                Thread.SpinWait(50);
        }
        return took;
    }

    internal static bool Answers(IPEndPoint server)
    {
        using var client = new LoadClient(server, 1);
        client.socket.ReceiveTimeout = 200;
        try
        {
            client.next = 1;
            client.socket.Send(client.queries[1]);
            return client.socket.Receive(client.buffer) > 0 && client.buffer[7] == 1;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Microseconds until the name has the address.</summary>
    internal double Await(string name, IPAddress address, long since)
    {
        var query = Query(name);
        while (true)
        {
            socket.Send(query);
            var length = socket.Receive(buffer);
            if (buffer[7] == 1 && buffer.AsSpan(0, length).IndexOf(address.GetAddressBytes()) > 0)
                return Stopwatch.GetElapsedTime(since).TotalMicroseconds;
        }
    }

    public void Dispose() => socket.Dispose();

    private void Send(long[] sent)
    {
        next = (ushort)(next + 1);
        var query = queries[next % queries.Length];
        BinaryPrimitives.WriteUInt16BigEndian(query, (ushort)next);
        sent[next] = Stopwatch.GetTimestamp();
        socket.Send(query);
    }

    private void Receive(long[] sent, List<double> took)
    {
        socket.Receive(buffer);
        var id = BinaryPrimitives.ReadUInt16BigEndian(buffer);
        took.Add(Stopwatch.GetElapsedTime(sent[id]).TotalMicroseconds);
        if (exists[id % queries.Length] ? buffer[7] != 1 || (buffer[3] & 15) != 0 : (buffer[3] & 15) != 3)
            throw new InvalidOperationException($"wrong answer to {WireName.ToText(queries[id % queries.Length].AsSpan(12))} rcode {buffer[3] & 15}");
    }

    private static byte[] Query(string name) => [0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. WireName.Parse(name)!, 0, 1, 0, 1];
}
