using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Vitrine.Clusters;
using Vitrine.Joining;

namespace Vitrine.Verbs;

/// <summary>`vitrine token create`: lets another machine join; prints the command to run there.</summary>
internal static class TokenVerb
{
    public static Command Create()
    {
        var name = VerbOptions.Name();
        var ttl = new Option<string>("--ttl") { Description = "How long the token is good, e.g. 24h or 30m.", DefaultValueFactory = _ => "24h" };
        var create = new Command("create", "Make a bootstrap token and print the join command.") { name, ttl };
        create.SetAction(async (parse, ct) =>
        {
            RootUser.Require("token create");
            var paths = new ClusterPaths(parse.GetValue(name)!);
            var spec = ClusterSpec.Require(paths);
            var token = BootstrapToken.Generate();
            var authority = new Pki(paths.Pki, TimeProvider.System).Ca;
            var server = new Uri($"https://{spec.ApiOnBridge}");
            using var api = new AdminApi(paths, spec);
            var pem = Convert.ToBase64String(Encoding.ASCII.GetBytes(authority.ExportCertificatePem()));
            if (await api.TextAsync(AuthorityDiscovery.Path, ct) is not { } offered || !offered.Contains(pem, StringComparison.Ordinal))
            {
                // One of a restored backup offers the authority of the cluster it was taken from.
                Require(await api.DeleteAsync(AuthorityDiscovery.Path, ct), "cluster-info");
                Require(await api.CreateAsync("api/v1/namespaces/kube-public/configmaps", AuthorityDiscovery.Render(authority.ExportCertificatePem(), server), ct), "cluster-info");
            }

            Require(await api.CreateAsync("api/v1/namespaces/kube-system/secrets", Secret(token, Lifetime(parse.GetValue(ttl)!)), ct), "the token");
            Console.WriteLine($"""
                vitrine node join --server {server.ToString().TrimEnd('/')} --token {token} --discovery-token-ca-cert-hash {AuthorityDiscovery.Hash(authority)} --image-mirror http://{new IPEndPoint(spec.BridgeAddresses[0], ClusterComponents.MirrorPort)} --cluster-dns {string.Join(',', spec.DnsAddresses)} --cluster-domain {spec.Dns.Domain} {string.Join(' ', ServiceVerbOptions.Arguments(spec))}
                """);
            return 0;
        });
        return new Command("token", "Bootstrap tokens, by which machines join.") { create };
    }

    private static TimeSpan Lifetime(string text) =>
        text.Length > 1 && double.TryParse(text[..^1], CultureInfo.InvariantCulture, out var n) && n > 0 && (text[^1] switch { 'h' => n * 3600, 'm' => n * 60, 's' => n, _ => 0 }) is > 0 and < 365 * 86400.0 and var seconds
            ? TimeSpan.FromSeconds(seconds)
            : throw new CommandFailure($"--ttl {text} is no time", "write it as 24h, 30m or 90s");

    private static string Secret(BootstrapToken token, TimeSpan lifetime) => new JsonObject
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Secret",
        ["type"] = "bootstrap.kubernetes.io/token",
        ["metadata"] = new JsonObject { ["name"] = $"bootstrap-token-{token.Id}", ["namespace"] = "kube-system" },
        ["stringData"] = new JsonObject
        {
            ["token-id"] = token.Id,
            ["token-secret"] = token.Secret,
            ["expiration"] = TimeProvider.System.GetUtcNow().Add(lifetime).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
            ["usage-bootstrap-authentication"] = "true",
            ["usage-bootstrap-signing"] = "true",
        },
    }.ToJsonString();

    private static void Require(string? refused, string what)
    {
        if (refused is not null)
        {
            throw new CommandFailure($"the API server did not take {what}: {refused}", "vitrine status shows whether the cluster is well");
        }
    }
}
