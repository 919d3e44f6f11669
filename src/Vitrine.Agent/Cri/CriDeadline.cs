using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Vitrine.Agent.Cri;

/// <summary>A runtime that hangs must not hang the pod: every call ends in time, as kubelet's --runtime-request-timeout has it. A pull or a command takes as long as it takes.</summary>
internal sealed class CriDeadline(TimeProvider time) : Interceptor
{
    private static readonly TimeSpan Ordinary = TimeSpan.FromMinutes(2);

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncUnaryCallContinuation<TRequest, TResponse> continuation)
    {
        TimeSpan? limit = request switch
        {
            PullImageRequest or ExecSyncRequest => null,
            RunPodSandboxRequest => Ordinary * 2,
            StopContainerRequest stop => Ordinary + TimeSpan.FromSeconds(stop.Timeout),
            _ => Ordinary,
        };
        if (context.Options.Deadline is not null || limit is not { } most)
        {
            return continuation(request, context);
        }

        var options = context.Options.WithDeadline(time.GetUtcNow().UtcDateTime + most);
        return continuation(request, new ClientInterceptorContext<TRequest, TResponse>(context.Method, context.Host, options));
    }
}
