using System.Globalization;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Vitrine.Agent.Cri;

/// <summary>
/// How long at least one unary CRI call was under way, in all: what of a pod's start-up is the runtime's own time. Calls side
/// by side count once.
/// </summary>
internal sealed class CriClock(TimeProvider time) : Interceptor
{
    private readonly Lock gate = new();
    private int underWay;
    private long began;
    private TimeSpan total;

    /// <summary>The figure as a Prometheus counter (text exposition format 0.0.4), in seconds.</summary>
    public string Render()
    {
        lock (gate)
        {
            var sum = total + (underWay > 0 ? time.GetElapsedTime(began) : TimeSpan.Zero);
            return string.Create(CultureInfo.InvariantCulture, $"# TYPE vitrine_agent_cri_busy_seconds_total counter\nvitrine_agent_cri_busy_seconds_total {sum.TotalSeconds:0.000000}\n");
        }
    }

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncUnaryCallContinuation<TRequest, TResponse> continuation)
    {
        Enter();
        var call = continuation(request, context);
        return new AsyncUnaryCall<TResponse>(LeaveAfterAsync(call.ResponseAsync), call.ResponseHeadersAsync, call.GetStatus, call.GetTrailers, call.Dispose);
    }

    private async Task<TResponse> LeaveAfterAsync<TResponse>(Task<TResponse> answer)
    {
        try
        {
            return await answer.ConfigureAwait(false);
        }
        finally
        {
            Leave();
        }
    }

    private void Enter()
    {
        lock (gate)
        {
            if (underWay++ == 0)
            {
                began = time.GetTimestamp();
            }
        }
    }

    private void Leave()
    {
        lock (gate)
        {
            if (--underWay == 0)
            {
                total += time.GetElapsedTime(began);
            }
        }
    }
}
