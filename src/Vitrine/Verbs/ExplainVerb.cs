using System.CommandLine;
using System.Net.Sockets;
using System.Text.Json;
using Vitrine.Clusters;
using Vitrine.Explaining;
using Vitrine.Model.Explain;

namespace Vitrine.Verbs;

/// <summary>
/// `vitrine explain SRC DST[:PORT][/PROTOCOL]`, where DST may be a Service, a name or a URL: predicts the way of a packet from the plans, sends one, and compares.
/// With -f it is answered from files, without a cluster; with --questions many are answered at once; with --watch POD the pod's connections are followed as they come. Exit code 0 when it is delivered, 1 when not, 2 when prediction and kernel disagree.
/// </summary>
internal static class ExplainVerb
{
    private const int LeastSize = 48, MostSize = 65_535;

    public static Command Create()
    {
        var source = new Argument<string?>("SRC") { Arity = ArgumentArity.ZeroOrOne, Description = "Who sends: pod/[NAMESPACE/]NAME, deployment/[NAMESPACE/]NAME and the like for its first pod, node/NAME, host, an address, or a pod's name alone. A URL alone is asked for by --from." };
        var destination = new Argument<string?>("DST") { Arity = ArgumentArity.ZeroOrOne, Description = "To whom, likewise, or svc/[NAMESPACE/]NAME, a DNS name or a URL; with :PORT and /tcp, /udp, /sctp or /icmp. IPv6: [ADDRESS]:PORT. Without a port: ICMP, or the Service's only port." };
        var name = new Option<string>("--name") { Description = "Name of the cluster.", DefaultValueFactory = _ => ClusterSpec.DefaultName };
        var ns = new Option<string>("--namespace", "-n") { Description = "Namespace of pods named without one.", DefaultValueFactory = _ => "default" };
        var family = new Option<string?>("--ip-family") { Description = "Which addresses to take; the primary ones without it." };
        family.AcceptOnlyFromAmong("ipv4", "ipv6");
        var size = new Option<int>("--size") { Description = "Size of the whole IP packet in bytes, which must not be fragmented (ICMP and UDP)." };
        var from = new Option<string>("--from") { Description = "Who sends, where a URL is all there is.", DefaultValueFactory = _ => Place.Host };
        var header = new Option<string[]>("--header", "-H") { Description = "A header of the request, 'name: value', as often as need be." };
        var method = new Option<string>("--request", "-X") { Description = "Its method.", DefaultValueFactory = _ => "GET" };
        var noProbe = new Option<bool>("--no-probe") { Description = "Predict only; send nothing." };
        var watch = new Option<string?>("--watch") { Description = "pod/[NAMESPACE/]NAME: follow its connections as they come, and say which policy allows or drops each. Ends with Ctrl-C." };
        var questions = new Option<string?>("--questions") { Description = "A file of questions, or - for standard input: SRC DST and the answer expected, yes or no, a line each. All are predicted from one reading, nothing is sent; exit code 1 when an answer is another." };
        var output = VerbOptions.Output();
        var files = new FileOptions();
        var command = new Command("explain", "Show the way of a packet between any two places, or what stops it and how to mend it.") { source, destination, name, ns, family, from, header, method, size, noProbe, watch, questions, output };
        files.AddTo(command);
        var attached = new AttachedExplainOptions();
        attached.AddTo(command);
        command.SetAction(async (parse, ct) =>
        {
            if (parse.GetValue(watch) is { } watched)
                return await FollowAsync(watched);
            AddressFamily? wanted = parse.GetValue(family) switch { "ipv4" => AddressFamily.InterNetwork, "ipv6" => AddressFamily.InterNetworkV6, _ => null };
            if (parse.GetValue(questions) is { } listed)
                return await AnswerAllAsync(listed);
            var first = parse.GetValue(source) ?? throw new CommandFailure("explain: from where to where?", "give two places, vitrine explain pod/client svc/web, or a URL alone");
            var open = Facts();
            var (asker, asked) = parse.GetValue(destination) is { } given ? (first, given) : (parse.GetRequiredValue(from), first);
            var to = PlaceText.Parse(asked);
            if (parse.GetValue(destination) is null && !to.IsUrl)
                throw new CommandFailure($"explain {asked}: to where?", $"give two places, vitrine explain {asked} svc/web, or a URL alone");
            var web = new WebQuestion(parse.GetRequiredValue(method), parse.GetValue(header) ?? []);
            var bytes = parse.GetValue(size);
            if (bytes != 0 && (bytes is < LeastSize or > MostSize || to.Transport is Transport.Tcp or Transport.Sctp))
                throw new CommandFailure($"--size {bytes} does not go with {to.Transport.ToString().ToUpperInvariant()}", $"give {LeastSize} to {MostSize} bytes, and ask by ICMP (no port) or UDP: a TCP connection chooses the sizes of its packets itself");
            var question = new AskedQuestion(asker, to, web, parse.GetValue(ns)!, wanted, bytes);
            var report = await Explainer.AnswerAsync(open, question, !files.Given(parse) && !parse.GetValue(noProbe), ct);
            if (files.Given(parse))
                report = report.From(files.Names(parse));
            if (parse.GetValue(output) == "json")
                Console.WriteLine(JsonSerializer.Serialize(report, VerbJson.Default.ExplainReport));
            else
                ExplainText.Print(Console.Out, report);
            return report.Disagreements.Count > 0 ? 2 : ExplainText.Good(report) ? 0 : 1;

            async Task<int> AnswerAllAsync(string file)
            {
                if (parse.GetValue(source) is not null)
                    throw new CommandFailure($"--questions {file} has both places in each line", "give no other place with it");
                return await QuestionRun.AnswerAsync(Facts(), QuestionFile.Read(file, Console.In), parse.GetValue(ns)!, wanted, parse.GetValue(output) == "json", Console.Out, ct) ? 0 : 1;
            }

            async Task<int> FollowAsync(string pod)
            {
                RootUser.Require("explain --watch");
                if (parse.GetValue(source) is not null || files.Given(parse))
                    throw new CommandFailure($"explain --watch {pod} follows a pod of a cluster", "give no other place and no file with it");
                var named = (pod.StartsWith("pod/", StringComparison.Ordinal) ? pod[4..] : pod).Split('/');
                if (named.Length > 2 || named.Contains(""))
                    throw new CommandFailure($"--watch {pod} names no pod", "give pod/NAME or pod/NAMESPACE/NAME");
                var paths = new ClusterPaths(parse.GetValue(name)!);
                var key = named.Length == 2 ? $"{named[0]}/{named[1]}" : $"{parse.GetValue(ns)}/{named[0]}";
                await new FlowFollower(paths, ClusterSpec.Require(paths), key, parse.GetValue(output) == "json", Console.Out, TimeProvider.System).RunAsync(ct);
                return 0;
            }

            Func<CancellationToken, Task<IFacts>> Facts()
            {
                if (files.Given(parse))
                {
                    var drafted = new FileFacts(files.Draft(parse, parse.GetValue(ns)!));
                    return _ => Task.FromResult<IFacts>(drafted);
                }
                RootUser.Require("explain");
                if (attached.Given(parse))
                    return stop => attached.ListAsync(parse, stop);
                var paths = new ClusterPaths(parse.GetValue(name)!);
                var spec = ClusterSpec.Require(paths);
                return async stop => await ClusterFacts.ListAsync(paths, spec, stop);
            }
        });
        return command;
    }
}
