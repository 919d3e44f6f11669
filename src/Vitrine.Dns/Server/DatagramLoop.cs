using System.Net;
using Vitrine.Dns.Answers;
using Vitrine.Linux.Sockets;

namespace Vitrine.Dns.Server;

/// <summary>
/// DNS over UDP on one address: a thread of its own that receives a batch, answers each in place, and sends them all. What it cannot answer at once goes to the
/// resolver, with a copy of the question.
/// </summary>
internal sealed class DatagramLoop : IDisposable
{
    private readonly DatagramBatch socket;
    private readonly Answerer answerer;
    private readonly Deferral deferral;
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private DatagramLoop(DatagramBatch socket, Answerer answerer, Deferral deferral) => (this.socket, this.answerer, this.deferral) = (socket, answerer, deferral);

    /// <summary>Listens in the namespace of the calling thread.</summary>
    public static DatagramLoop Listen(IPEndPoint local, Answerer answerer, Deferral deferral)
    {
        var loop = new DatagramLoop(DatagramBatch.Bind(local), answerer, deferral);
        new Thread(loop.Run, maxStackSize: 512 * 1024) { IsBackground = true, Name = $"dns {local}" }.Start();
        return loop;
    }

    /// <summary>Ends when the loop does: by <see cref="Dispose"/>, or by an error of the socket.</summary>
    public Task Completion => ended.Task;

    public void Dispose()
    {
        socket.Stop();
        // The buffers may go only when the thread is out of them.
        ended.Task.ContinueWith(_ => socket.Dispose(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default).Wait();
    }

    private void Run()
    {
        try
        {
            while (socket.Receive() is > 0 and var count)
            {
                for (var i = 0; i < count; i++)
                {
                    var slot = socket.Slot(i);
                    var length = socket.Length(i);
                    var answer = answerer.Answer(slot, length, socket.Peer(i).Bits, stream: false, out var query);
                    if (answer == AnswerOutcome.Later)
                        answer = deferral.TryDefer(slot[..length], query, socket, socket.Peer(i)) ? 0 : answerer.Fail(slot, query, stream: false);
                    if (answer > 0)
                        socket.Reply(i, answer);
                }
                socket.Flush();
            }
            ended.TrySetResult();
        }
        catch (Exception e)
        {
            ended.TrySetException(e);
        }
    }
}
