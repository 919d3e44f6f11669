using System.Text;
using System.Text.Json;
using k8s.Models;
using Vitrine.Agent.Cri;

namespace Vitrine.Agent.Images;

/// <summary>Registry credentials in Secrets of type kubernetes.io/dockerconfigjson or dockercfg.</summary>
internal static class PullSecrets
{
    /// <summary>The credentials that fit the image's registry, most specific entry first; empty when there are none.</summary>
    public static IReadOnlyList<AuthConfig> For(string image, IEnumerable<V1Secret> secrets)
    {
        var name = ImageName.Normalize(image);
        return [.. secrets.SelectMany(Entries).Where(e => Fits(e.Server, name)).OrderByDescending(e => e.Server.Length).Select(e => e.Auth)];
    }

    private static bool Fits(string server, string image)
    {
        var trimmed = server.Replace("https://", "", StringComparison.Ordinal).Replace("http://", "", StringComparison.Ordinal).TrimEnd('/');
        trimmed = trimmed is "index.docker.io/v1" or "index.docker.io" ? "docker.io" : trimmed;
        return image == trimmed || image.StartsWith(trimmed + "/", StringComparison.Ordinal);
    }

    private static List<(string Server, AuthConfig Auth)> Entries(V1Secret secret)
    {
        var found = new List<(string, AuthConfig)>();
        var wrapped = secret.Type == "kubernetes.io/dockerconfigjson";
        if (secret.Data is null || !secret.Data.TryGetValue(wrapped ? ".dockerconfigjson" : ".dockercfg", out var json))
        {
            return found;
        }

        try
        {
            using var document = JsonDocument.Parse(json);
            var servers = wrapped && document.RootElement.TryGetProperty("auths", out var auths) ? auths : document.RootElement;
            foreach (var server in servers.EnumerateObject())
            {
                found.Add((server.Name, Read(server.Value)));
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            // A secret that cannot be read gives no credentials; the pull's own error then tells what the registry said.
        }

        return found;
    }

    private static AuthConfig Read(JsonElement entry)
    {
        var auth = new AuthConfig
        {
            Username = Text(entry, "username"),
            Password = Text(entry, "password"),
            IdentityToken = Text(entry, "identitytoken"),
        };
        if (auth.Username.Length == 0 && Encoding.UTF8.GetString(Convert.FromBase64String(Text(entry, "auth"))).Split(':', 2) is [var user, var password])
        {
            auth.Username = user;
            auth.Password = password;
        }

        return auth;
    }

    private static string Text(JsonElement entry, string name) => entry.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";
}
