using System.CommandLine;
using System.Net;
using Vitrine.Clusters;
using Vitrine.Dataplane;
using Vitrine.Gateway;
using Vitrine.Supervision;

namespace Vitrine.Verbs;

/// <summary>`vitrine gateway`: a node's HTTP proxy in the foreground; the node's agent tells it what to serve. It holds no credentials.</summary>
internal static class GatewayVerb
{
    public const int StatusPort = 10254;

    /// <summary>Its name in a node's folder of volatile files.</summary>
    public const string SocketName = "gateway.sock";

    /// <summary>How long requests may go on when it is asked to end; below the command's own limit.</summary>
    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(8);

    // Of root's capabilities it needs none: its ports are above 1023, its files its own. By its group NetworkPolicies know its connections to pods.
    private static readonly string[] Powerless =
    [
        "setpriv", $"--regid={PolicyTables.GatewayGroup}", "--clear-groups", "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs", Environment.ProcessPath!,
    ];

    /// <summary>The process as a supervisor starts it.</summary>
    /// <param name="name">among its components</param>
    /// <param name="enter">what is put before a program to run it on the node; may be empty</param>
    /// <param name="run">the node's folder of volatile files</param>
    /// <param name="log">where its words go; null: where the caller's go</param>
    /// <param name="pid">where its pid goes</param>
    /// <param name="cgroup">the node's; null: it stays in the caller's</param>
    public static Component Component(string name, IReadOnlyList<string> enter, string run, string? log, string pid, string? cgroup) => new()
    {
        Name = name,
        Program = enter.Concat(Powerless).First(),
        Arguments = [.. enter.Concat(Powerless).Skip(1), "gateway", "--plan-socket", Path.Combine(run, SocketName)],
        LogFile = log,
        PidFile = pid,
        Cgroup = cgroup is null ? null : Cgroups.EnsureComponents(cgroup),
        Farewell = Drain + TimeSpan.FromSeconds(2),
    };

    public static Command Create()
    {
        var socket = new Option<string>("--plan-socket") { Description = "Unix socket where the agent's plans come in.", Required = true };
        var status = new Option<string>("--status-address") { Description = "Address and port of /healthz, /readyz and /metrics.", DefaultValueFactory = _ => $"0.0.0.0:{StatusPort}" };
        var log = new Option<int>("--access-log-one-in") { Description = "One request in so many is logged, and every failure; 0 logs none.", DefaultValueFactory = _ => 100 };
        var command = new Command("gateway", "Run a node's HTTP proxy in the foreground (started by up).") { socket, status, log };
        command.Hidden = true;
        command.SetAction(async (parse, ct) =>
        {
            // Read once by the runtime when the first socket is made: no queue between the kernel and a request, a third of its cost.
            Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");
            using var logs = ComponentLogs.Create();
            var options = new GatewayOptions
            {
                PlanSocket = parse.GetRequiredValue(socket), Status = IPEndPoint.Parse(parse.GetRequiredValue(status)), AccessLogOneIn = parse.GetValue(log), Drain = Drain,
            };
            await GatewayProxy.RunAsync(options, logs, TimeProvider.System, ct);
            return 0;
        });
        return command;
    }
}
