using Grpc.Core;
using Grpc.Core.Interceptors;
using Vitrine.Agent.Cri;
using Xunit;

namespace Vitrine.Unit.Agent.Cri;

public sealed class CriDeadlineTests
{
    [Fact]
    public void A_call_ends_in_time_and_a_slow_one_has_more()
    {
        Assert.InRange(Seconds(new ListContainersRequest()), 115, 121);
        Assert.InRange(Seconds(new RunPodSandboxRequest()), 235, 241);
        Assert.InRange(Seconds(new StopContainerRequest { Timeout = 600 }), 715, 721);
    }

    [Fact]
    public void A_pull_and_a_command_take_as_long_as_they_take()
    {
        Assert.Null(Deadline(new PullImageRequest(), default));
        Assert.Null(Deadline(new ExecSyncRequest(), default));
    }

    [Fact]
    public void Whoever_has_a_deadline_of_his_own_keeps_it()
    {
        var own = DateTime.UtcNow.AddSeconds(5);
        Assert.Equal(own, Deadline(new ListContainersRequest(), new CallOptions(deadline: own)));
    }

    private static double Seconds<TRequest>(TRequest request)
        where TRequest : class => (Deadline(request, default)!.Value - DateTime.UtcNow).TotalSeconds;

    private static DateTime? Deadline<TRequest>(TRequest request, CallOptions options)
        where TRequest : class
    {
        DateTime? seen = null;
        var method = new Method<TRequest, string>(MethodType.Unary, "runtime.v1.RuntimeService", "Any", Marshallers.Create<TRequest>(_ => [], _ => null!), Marshallers.StringMarshaller);
        new CriDeadline(TimeProvider.System).AsyncUnaryCall(request, new ClientInterceptorContext<TRequest, string>(method, null, options), (_, context) =>
        {
            seen = context.Options.Deadline;
            return new AsyncUnaryCall<string>(Task.FromResult(""), Task.FromResult(new Metadata()), () => Status.DefaultSuccess, () => [], () => { });
        });
        return seen;
    }
}
