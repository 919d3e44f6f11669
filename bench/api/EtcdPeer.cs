using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Vitrine.Bench.Api;

/// <summary>etcd, single member, fsync on, and a gRPC put written by hand: KV.Put is {key=1, value=2} behind five bytes of framing.</summary>
internal sealed class EtcdPeer : IDisposable
{
    private readonly ChildProcess _process;
    private readonly HttpClient _http;

    public EtcdPeer(string directory, int port)
    {
        _process = ChildProcess.Start("etcd", "--data-dir", Path.Combine(directory, "etcd"), "--listen-client-urls", $"http://127.0.0.1:{port}", "--advertise-client-urls", $"http://127.0.0.1:{port}",
            "--listen-peer-urls", $"http://127.0.0.1:{port + 1}", "--log-level", "error", "--unsafe-no-fsync=false");
        SocketsHttpHandler handler = new() { EnableMultipleHttp2Connections = true };
        _http = new HttpClient(handler) { BaseAddress = new Uri($"http://127.0.0.1:{port}"), DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
    }

    public double CpuSeconds => _process.CpuSeconds;

    public async Task ReadyAsync()
    {
        DateTime limit = DateTime.UtcNow.AddSeconds(20);
        while (true)
        {
            try
            {
                await PutAsync("warm", "x"u8.ToArray());
                return;
            }
            catch (HttpRequestException) when (DateTime.UtcNow < limit)
            {
                await Task.Delay(100);
            }
        }
    }

    public async Task PutAsync(string key, byte[] value)
    {
        byte[] name = Encoding.ASCII.GetBytes(key);
        using MemoryStream body = new();
        body.Write(stackalloc byte[5]);
        Field(body, 0x0A, name);
        Field(body, 0x12, value);
        byte[] message = body.ToArray();
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(1), message.Length - 5);
        using HttpRequestMessage request = new(HttpMethod.Post, "/etcdserverpb.KV/Put") { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = new ByteArrayContent(message) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        using HttpResponseMessage answer = await _http.SendAsync(request);
        await answer.Content.ReadAsByteArrayAsync();
        if (!answer.TrailingHeaders.TryGetValues("grpc-status", out IEnumerable<string>? status) || status.First() != "0")
        {
            throw new HttpRequestException($"etcd refused a put: {answer.StatusCode} {string.Join(' ', answer.Headers)} {string.Join(' ', answer.TrailingHeaders.SelectMany(static header => header.Value))}");
        }
    }

    public void Dispose()
    {
        _http.Dispose();
        _process.Dispose();
    }

    private static void Field(Stream body, byte tag, byte[] bytes)
    {
        body.WriteByte(tag);
        uint rest = (uint)bytes.Length;
        for (; rest > 0x7F; rest >>= 7)
        {
            body.WriteByte((byte)(rest | 0x80));
        }

        body.WriteByte((byte)rest);
        body.Write(bytes);
    }
}
