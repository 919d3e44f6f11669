using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using YamlDotNet.RepresentationModel;

namespace Vitrine.Joining;

/// <summary>
/// The ConfigMap kube-public/cluster-info, which anyone may read: the cluster's authority, in a kubeconfig without a user, as
/// kubeadm has it. Whoever reads it over an unknown network believes it only if the authority's key has the hash he was given.
/// </summary>
internal static class AuthorityDiscovery
{
    public const string Path = "api/v1/namespaces/kube-public/configmaps/cluster-info";

    /// <summary>sha256: and the hex digest of the authority's SubjectPublicKeyInfo (RFC 7469 §2.4).</summary>
    public static string Hash(X509Certificate2 authority) => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(authority.PublicKey.ExportSubjectPublicKeyInfo()))}";

    public static string Render(string caPem, Uri server)
    {
        var kubeconfig = $"""
            apiVersion: v1
            kind: Config
            clusters:
            - name: ""
              cluster:
                certificate-authority-data: {Convert.ToBase64String(Encoding.ASCII.GetBytes(caPem))}
                server: {server.ToString().TrimEnd('/')}

            """;
        return new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "ConfigMap",
            ["metadata"] = new JsonObject { ["name"] = "cluster-info", ["namespace"] = "kube-public" },
            ["data"] = new JsonObject { ["kubeconfig"] = kubeconfig },
        }.ToJsonString();
    }

    /// <summary>Asks a server for its authority and checks it against the hash; null accepts any (and so anyone in between).</summary>
    public static async Task<X509Certificate2> DiscoverAsync(Uri server, string? hash, CancellationToken ct)
    {
        // Who answers is not known yet: nothing secret is sent, and what is received is checked below.
        using var http = new HttpClient(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true } }) { Timeout = TimeSpan.FromSeconds(10) };
        X509Certificate2 authority;
        try
        {
            var map = JsonNode.Parse(await http.GetStringAsync(new Uri(server, Path), ct));
            var yaml = new YamlStream();
            yaml.Load(new StringReader((string?)map?["data"]?["kubeconfig"] ?? ""));
            var data = (YamlScalarNode)yaml.Documents[0].RootNode["clusters"][0]["cluster"]["certificate-authority-data"];
            authority = X509Certificate2.CreateFromPem(Encoding.ASCII.GetString(Convert.FromBase64String(data.Value!)));
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !ct.IsCancellationRequested)
        {
            throw new CommandFailure($"cannot read {new Uri(server, Path)}: {e.Message}", "check --server; the cluster offers its authority after vitrine token create");
        }
        catch (Exception e) when (e is FormatException or CryptographicException or System.Text.Json.JsonException or YamlDotNet.Core.YamlException or KeyNotFoundException or ArgumentException or InvalidCastException)
        {
            throw new CommandFailure($"{new Uri(server, Path)} holds no certificate authority: {e.Message}", "check --server, or give the authority's file: --ca-cert-file");
        }

        return hash is null || hash == Hash(authority)
            ? authority
            : throw new CommandFailure($"{server} is not the cluster that was asked for: its authority has {Hash(authority)}", "check --server and --discovery-token-ca-cert-hash; somebody may be in between");
    }
}
