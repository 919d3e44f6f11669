using System.Net.Sockets;
using System.Text;

namespace Vitrine.Agent.Streaming;

/// <summary>A connection to the runtime's streaming server on which the switch to SPDY/3.1 has been asked for and answered.</summary>
internal sealed class UpgradedConnection : IDisposable
{
    private const int MaxHead = 16 << 10;
    private readonly Socket socket;

    private UpgradedConnection(Socket socket, NetworkStream stream, int status, IReadOnlyDictionary<string, string> headers, byte[] rest)
    {
        this.socket = socket;
        Stream = stream;
        Status = status;
        Headers = headers;
        Rest = rest;
    }

    public NetworkStream Stream { get; }

    public int Status { get; }

    public IReadOnlyDictionary<string, string> Headers { get; }

    /// <summary>Bytes that came behind the answer's head already.</summary>
    public byte[] Rest { get; }

    /// <param name="protocols">Values of X-Stream-Protocol-Version, preferred first.</param>
    /// <exception cref="KubeletException">The runtime's answer is no HTTP answer.</exception>
    public static async Task<UpgradedConnection> OpenAsync(Uri url, IEnumerable<string> protocols, CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(url.Host, url.Port, ct).ConfigureAwait(false);
            var stream = new NetworkStream(socket, ownsSocket: false);
            var head = new StringBuilder($"POST {url.PathAndQuery} HTTP/1.1\r\nHost: {url.Authority}\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nContent-Length: 0\r\n");
            foreach (var protocol in protocols)
            {
                head.Append("X-Stream-Protocol-Version: ").Append(protocol).Append("\r\n");
            }

            await stream.WriteAsync(Encoding.ASCII.GetBytes(head.Append("\r\n").ToString()), ct).ConfigureAwait(false);
            var buffer = new byte[MaxHead];
            var filled = 0;
            int end;
            while ((end = buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8)) < 0)
            {
                var read = filled == MaxHead ? 0 : await stream.ReadAsync(buffer.AsMemory(filled), ct).ConfigureAwait(false);
                if (read == 0)
                {
                    throw new KubeletException(502, "the container runtime's streaming server gave no answer");
                }

                filled += read;
            }

            var lines = Encoding.ASCII.GetString(buffer, 0, end).Split("\r\n");
            var status = lines[0].Split(' ') is [_, var code, ..] && int.TryParse(code, out var number) ? number : 502;
            var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            foreach (var line in lines.Skip(1))
            {
                if (line.Split(':', 2) is [var name, var value])
                {
                    headers[name] = value.Trim();
                }
            }

            return new UpgradedConnection(socket, stream, status, headers, buffer[(end + 4)..filled]);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new KubeletException(502, $"the container runtime's streaming server at {url.Authority} cannot be reached: {e.Message}");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Says that nothing more comes from our side.</summary>
    public void EndOfInput() => socket.Shutdown(SocketShutdown.Send);

    public void Dispose()
    {
        Stream.Dispose();
        socket.Dispose();
    }
}
