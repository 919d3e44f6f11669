using System.Buffers;
using System.Net.Sockets;
using System.Threading.Tasks.Sources;

namespace Vitrine.Gateway.Forwarding.Http1;

/// <summary>
/// A connection to a backend with what came of it and was not read. While nobody uses it a receive is under way already: it notices at once when the backend
/// closes, and brings the first bytes of the next answer. One user at a time; only <see cref="Abort"/> may come from anywhere.
/// </summary>
internal sealed class BackendConnection(Socket socket) : SocketAsyncEventArgs(true), IValueTaskSource<int>
{
    private const int Usual = 4 << 10;
    private const int Used = 0, Resting = 1, Gone = 2;
    private readonly byte[] usual = new byte[Usual];
    private ManualResetValueTaskSourceCore<int> arrival;
    private byte[]? rented;
    private int start, end, state;
    private bool underWay;

    public ResponseHead Head { get; } = new();

    public ChunkReader Chunks { get; } = new();

    public FieldMemory Fields { get; } = new();

    /// <summary>It has carried a request before.</summary>
    public bool WasUsed { get; private set; }

    /// <summary>Something has come since it rested last.</summary>
    public bool HasSpoken { get; private set; }

    /// <summary>It ended while nobody used it.</summary>
    public bool HasEnded => Volatile.Read(ref state) == Gone;

    /// <summary>Rounds of sweeping that it has rested through.</summary>
    public int Rested { get; set; }

    /// <summary>Received and not read.</summary>
    public ReadOnlySpan<byte> Bytes => Room.AsSpan(start, end - start);

    private byte[] Room => rented ?? usual;

    public void Consume(int count) => start += count;

    /// <summary>More <see cref="Bytes"/> and how many; 0 where the backend has closed, -1 where the connection broke.</summary>
    public ValueTask<int> ReceiveAsync()
    {
        if (underWay)
        {
            underWay = false;
            return new ValueTask<int>(this, arrival.Version);
        }
        MakeRoom();
        return Begin() ? new ValueTask<int>(this, arrival.Version) : ValueTask.FromResult(Took(Received));
    }

    /// <summary>Until the kernel has all of them. Throws SocketException or ObjectDisposedException.</summary>
    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        var sending = socket.SendAsync(bytes, SocketFlags.None);
        return sending.IsCompletedSuccessfully && sending.Result == bytes.Length ? default : FinishAsync(sending, bytes);
    }

    /// <summary>Room for many bytes at a time, until it rests.</summary>
    public void Widen(int size)
    {
        if (Room.Length >= size)
            return;
        var wider = ArrayPool<byte>.Shared.Rent(size);
        Bytes.CopyTo(wider);
        (start, end) = (0, end - start);
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
        rented = wider;
    }

    /// <summary>False where it cannot be kept: the backend has closed, or said something that nobody asked for.</summary>
    public bool TryRest()
    {
        if (start != end || underWay)
            return false;
        start = end = 0;
        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
        (rented, WasUsed, HasSpoken, Rested, underWay) = (null, true, false, 0, true);
        Volatile.Write(ref state, Resting);
        return Begin();
    }

    /// <summary>False where it has ended meanwhile.</summary>
    public bool TryUse() => Interlocked.CompareExchange(ref state, Used, Resting) == Resting;

    /// <summary>Ends whatever is under way on it.</summary>
    public void Abort() => socket.Dispose();

    /// <summary>It is not used again.</summary>
    public void End()
    {
        Abort();
        Dispose();
    }

    public int GetResult(short token) => Took(arrival.GetResult(token));

    public ValueTaskSourceStatus GetStatus(short token) => arrival.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) => arrival.OnCompleted(continuation, state, token, flags);

    protected override void OnCompleted(SocketAsyncEventArgs e)
    {
        var count = Received;
        if (Interlocked.CompareExchange(ref state, Gone, Resting) == Resting)
            Abort();
        else
            arrival.SetResult(count);
    }

    private async ValueTask FinishAsync(ValueTask<int> sending, ReadOnlyMemory<byte> bytes)
    {
        while (true)
        {
            bytes = bytes[await sending.ConfigureAwait(false)..];
            if (bytes.IsEmpty)
                return;
            sending = socket.SendAsync(bytes, SocketFlags.None);
        }
    }

    private int Received => SocketError == SocketError.Success ? BytesTransferred : -1;

    private int Took(int count)
    {
        end += Math.Max(0, count);
        HasSpoken |= count > 0;
        return count;
    }

    // False: it is done already.
    private bool Begin()
    {
        arrival.Reset();
        SetBuffer(Room, end, Room.Length - end);
        try
        {
            return socket.ReceiveAsync(this);
        }
        catch (ObjectDisposedException)
        {
            SocketError = SocketError.OperationAborted;
            return false;
        }
    }

    private void MakeRoom()
    {
        if (start == end)
            start = end = 0;
        else if (end == Room.Length && start > 0)
        {
            Bytes.CopyTo(Room);
            (start, end) = (0, end - start);
        }
        if (end == Room.Length)
            Widen(2 * Room.Length);
    }
}
