using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Vitrine.Dns.Wire;

namespace Vitrine.Dns.Forward;

/// <summary>
/// One question to one server. Each has a socket of its own, so a source port of the kernel's choice, and an identifier of the system's random generator: an attacker beside the path has
/// to guess both (RFC 5452). What does not match is not an answer, and the wait goes on.
/// </summary>
internal sealed class UpstreamExchange(Func<AddressFamily, SocketType, Socket> open)
{
    /// <returns>the reply; a truncated one is fetched anew by TCP</returns>
    /// <exception cref="SocketException">the server, or the way there, refused</exception>
    public async Task<ReplyReader> AskAsync(IPEndPoint server, byte[] name, ushort type, bool dnssecOk, bool checkingDisabled, bool edns, CancellationToken ct)
    {
        var question = Question(name, type, dnssecOk, checkingDisabled, edns);
        var reply = await ByDatagramAsync(server, question, ct).ConfigureAwait(false);
        return reply.Truncated ? await ByStreamAsync(server, question, ct).ConfigureAwait(false) : reply;
    }

    internal static byte[] Question(byte[] name, ushort type, bool dnssecOk, bool checkingDisabled, bool edns)
    {
        var question = new byte[DnsFormat.HeaderSize + name.Length + 4 + (edns ? 11 : 0)];
        RandomNumberGenerator.Fill(question.AsSpan(0, 2));
        BinaryPrimitives.WriteUInt16BigEndian(question.AsSpan(2), (ushort)(DnsFormat.FlagRecursionDesired | (checkingDisabled ? DnsFormat.FlagCheckingDisabled : 0)));
        question[5] = 1;
        name.CopyTo(question.AsSpan(DnsFormat.HeaderSize));
        var end = question.AsSpan(DnsFormat.HeaderSize + name.Length);
        BinaryPrimitives.WriteUInt16BigEndian(end, type);
        BinaryPrimitives.WriteUInt16BigEndian(end[2..], DnsFormat.ClassIn);
        if (!edns)
            return question;
        question[11] = 1;
        var opt = end[4..];
        BinaryPrimitives.WriteUInt16BigEndian(opt[1..], DnsFormat.TypeOpt);
        BinaryPrimitives.WriteUInt16BigEndian(opt[3..], DnsFormat.EdnsPayload);
        opt[7] = (byte)(dnssecOk ? 0x80 : 0);
        return question;
    }

    private async Task<ReplyReader> ByDatagramAsync(IPEndPoint server, byte[] question, CancellationToken ct)
    {
        using var socket = open(server.AddressFamily, SocketType.Dgram);
        await socket.ConnectAsync(server, ct).ConfigureAwait(false);
        await socket.SendAsync(question, ct).ConfigureAwait(false);
        var buffer = new byte[4096];
        while (true)
        {
            var length = await socket.ReceiveAsync(buffer, ct).ConfigureAwait(false);
            if (ReplyReader.Read(buffer[..length], question) is { } reply)
                return reply;
        }
    }

    private async Task<ReplyReader> ByStreamAsync(IPEndPoint server, byte[] question, CancellationToken ct)
    {
        using var socket = open(server.AddressFamily, SocketType.Stream);
        await socket.ConnectAsync(server, ct).ConfigureAwait(false);
        byte[] framed = [(byte)(question.Length >> 8), (byte)question.Length, .. question];
        for (var sent = 0; sent < framed.Length;)
            sent += await socket.SendAsync(framed.AsMemory(sent), ct).ConfigureAwait(false);
        var prefix = new byte[2];
        await FillAsync(socket, prefix, ct).ConfigureAwait(false);
        var message = new byte[BinaryPrimitives.ReadUInt16BigEndian(prefix)];
        await FillAsync(socket, message, ct).ConfigureAwait(false);
        return ReplyReader.Read(message, question) ?? throw new SocketException((int)SocketError.ConnectionReset);
    }

    private static async Task FillAsync(Socket socket, Memory<byte> into, CancellationToken ct)
    {
        for (var filled = 0; filled < into.Length;)
            filled += await socket.ReceiveAsync(into[filled..], ct).ConfigureAwait(false) is > 0 and var count ? count : throw new SocketException((int)SocketError.ConnectionReset);
    }
}
