using System.Diagnostics.Metrics;
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
    private static readonly Meter Meter = new("Vitrine.Dns.Server");
    private static readonly Counter<long> Faults = Meter.CreateCounter<long>("vitrine_dns_faults_total", description: "Datagrams that could not be answered by a fault of the server.");

    private readonly DatagramBatch socket;
    private readonly Answerer answerer;
    private readonly Deferral deferral;
    private long answered;
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private DatagramLoop(DatagramBatch socket, Answerer answerer, Deferral deferral) => (this.socket, this.answerer, this.deferral) = (socket, answerer, deferral);

    /// <summary>Listens in the namespace of the calling thread.</summary>
    public static DatagramLoop Listen(IPEndPoint local, Answerer answerer, Deferral deferral)
    {
        var loop = new DatagramLoop(DatagramBatch.Bind(local), answerer, deferral);
        new Thread(loop.Run, maxStackSize: 512 * 1024) { IsBackground = true, Name = $"dns {local}" }.Start();
        return loop;
    }

    /// <summary>Answers sent from this thread.</summary>
    public long Answered => Volatile.Read(ref answered);

    /// <summary>Ends when the loop does: by <see cref="Dispose"/>, or by an error of the socket.</summary>
    public Task Completion => ended.Task;

    public void Dispose()
    {
        socket.Stop();
        // The buffers may go only when the thread is out of them.
        ended.Task.ContinueWith(_ => socket.Dispose(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default).Wait();
    }

    private void Answer(int index)
    {
        var slot = socket.Slot(index);
        var length = socket.Length(index);
        var answer = answerer.Answer(slot, length, socket.Peer(index).Bits, stream: false, out var query);
        if (answer == AnswerOutcome.Later)
            answer = deferral.TryDefer(slot[..length], query, socket, socket.Peer(index)) ? 0 : answerer.Fail(slot, query, stream: false);
        if (answer <= 0)
            return;
        socket.Reply(index, answer);
        answered++;
    }

    private void Run()
    {
        try
        {
            while (socket.Receive() is > 0 and var count)
            {
                for (var i = 0; i < count; i++)
                    try
                    {
                        Answer(i);
                    }
                    catch (Exception e) when (e is not OutOfMemoryException)
                    {
                        // No packet is known to do this. If one does, it costs its sender an answer, not the node its agent.
                        Faults.Add(1);
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
