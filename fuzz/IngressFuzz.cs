using System.Collections.Immutable;
using System.Net;
using System.Text;
using Vitrine.Model.Plans.Gateway;
using Vitrine.Model.Plans.Gateway.Matching;
using Vitrine.Model.Snapshot;

namespace Vitrine.Fuzz;

/// <summary>Paths, hosts and annotations of an Ingress: whatever they say, the plan is made, and another Ingress beside it is served.</summary>
internal static class IngressFuzz
{
    private static readonly ClusterSnapshot Town = ClusterSnapshot.Empty with
    {
        IngressClasses = ImmutableDictionary<string, IngressClass>.Empty.Add("c", new IngressClass("c", GatewayCompiler.IngressController)),
        Services = ImmutableDictionary<string, Service>.Empty.Add("d/s", new Service { Namespace = "d", Name = "s", Uid = "", ClusterIPs = [IPAddress.Loopback], Ports = [new ServicePort("", "TCP", 80, "80", 0)] }),
    };

    /// <summary>Path, host, then a line for each annotation.</summary>
    public static string[] Seeds { get; } =
    [
        "/app(/|$)(.*)\na.example\nrewrite-target=/$2\nuse-regex=true", "/\n*.b.example\nproxy-body-size=8m\nproxy-read-timeout=30s\naffinity=cookie",
        "/a\n\nallowlist-source-range=10.0.0.0/8,::1\nauth-type=basic\nauth-secret=d/users", "/c\nc\ncanary=true\ncanary-weight=20\ncanary-by-header=x\ncanary-by-header-pattern=a+",
        "/(?=x)\nq\nuse-regex=true\nenable-cors=true\ncors-allow-origin=https://*.x\nupstream-hash-by=$http_x", "/x\nx\nbackend-protocol=GRPC\napp-root=/y\ncustom-headers=h\nauth-url=u",
    ];

    public static void Parse(byte[] input)
    {
        var lines = Encoding.Latin1.GetString(input).Split('\n');
        var settings = lines.Skip(2).Select(l => l.Split('=', 2)).Where(p => p.Length == 2).GroupBy(p => p[0]).ToImmutableSortedDictionary(g => g.Key, g => g.First()[1], StringComparer.Ordinal);
        var odd = Ingress("odd", lines.ElementAtOrDefault(1) ?? "", lines[0]) with { Settings = settings };
        var good = Ingress("good", "good.example", "/good");
        var plan = new GatewayCompiler().Compile(Town with { Ingresses = ImmutableDictionary<string, Ingress>.Empty.Add("d/odd", odd).Add("d/good", good) });
        var index = GatewayIndex.Compile(plan);
        foreach (var (host, path) in new[] { ("good.example", "/good"), (odd.Rules[0].Host, "/app/x/y"), (odd.Rules[0].Host, lines[0]) })
        {
            var request = new RequestShape(host, path, "GET", new Nothing());
            var chosen = index.Choose(IngressService.Plain, request);
            if (!ReferenceEquals(chosen.Rule, index.Explain(IngressService.Plain, request).SingleOrDefault(v => v.Outcome == RuleOutcome.Chosen)?.Rule))
            {
                throw new InvalidOperationException($"{host}{path}: the choice is not what explain says");
            }
            if (path == "/good" && host == "good.example" && odd.Rules[0].Host != "good.example" && chosen.Rule?.Source.Name != "good")
            {
                throw new InvalidOperationException("one Ingress took another's host");
            }
        }
    }

    private static Ingress Ingress(string name, string host, string path) => new()
    {
        Namespace = "d", Name = name, ClassName = "c", Rules = [new IngressRule(host, [new IngressPath(path, "ImplementationSpecific", new IngressBackend("s", "", 80))])],
    };

    private sealed class Nothing : IRequestValues
    {
        public string? Header(string name) => null;

        public string? Query(string name) => null;

        public string? Cookie(string name) => null;
    }
}
