using Microsoft.AspNetCore.Http;

namespace Vitrine.ApiServer.Audit;

/// <summary>An answer's body, kept while it is sent, up to a mebibyte and a half: etcd's largest object.</summary>
internal sealed class CapturedBody(Stream inner) : Stream
{
    private const int Most = 3 << 19;
    private readonly MemoryStream kept = new();

    public ReadOnlyMemory<byte> Bytes => kept.GetBuffer().AsMemory(0, (int)kept.Length);

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => inner.Length;

    public override long Position { get => inner.Position; set => throw new NotSupportedException(); }

    public static CapturedBody On(HttpContext http)
    {
        var captured = new CapturedBody(http.Response.Body);
        http.Response.Body = captured;
        return captured;
    }

    public override void Write(byte[] buffer, int offset, int count)
    {
        Take(buffer.AsSpan(offset, count));
        inner.Write(buffer, offset, count);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Take(buffer.Span);
        return inner.WriteAsync(buffer, cancellationToken);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush() => inner.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private void Take(ReadOnlySpan<byte> bytes) => kept.Write(bytes[..(int)Math.Min(bytes.Length, Most - kept.Length)]);
}
