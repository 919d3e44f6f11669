using System.Collections.Immutable;
using Vitrine.Model.Explain.Gateway;
using Vitrine.Model.Plans.Gateway;

namespace Vitrine.Explaining;

/// <summary>What of an HTTP request is not in its URL.</summary>
/// <param name="Method">GET, unless -X says otherwise</param>
/// <param name="Headers">lines as curl's -H takes them</param>
internal sealed record WebQuestion(string Method, IReadOnlyList<string> Headers)
{
    /// <summary>The request a URL asks for; null for what is no HTTP.</summary>
    /// <exception cref="CommandFailure">a header or a path that cannot be sent</exception>
    public AskedRequest? Of(Uri? url)
    {
        if (url is null || url.Scheme is not ("http" or "https"))
            return null;
        // As it was written: Uri would already have made a tidy one of it.
        var target = url.GetComponents(UriComponents.PathAndQuery, UriFormat.UriEscaped);
        if (!RequestPath.TryParse(target, out var path, out var why))
            throw new CommandFailure($"the gateway answers 400 to {target}: {why}", "correct the path");
        var headers = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.OrdinalIgnoreCase);
        // An IPv6 address with its brackets, as a Host header has it.
        var host = url.HostNameType == UriHostNameType.IPv6 ? url.Host : url.IdnHost;
        foreach (var line in Headers)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0)
                throw new CommandFailure($"-H \"{line}\" is no header", "write it as -H 'name: value'");
            var (name, value) = (line[..colon].Trim(), line[(colon + 1)..].Trim());
            if (name.Equals("Host", StringComparison.OrdinalIgnoreCase))
                host = RequestHost.WithoutPort(value);
            else
                headers[name] = headers.TryGetValue(name, out var before) ? $"{before}, {value}" : value;
        }
        return new AskedRequest(Method, url.Scheme == "https", host.ToLowerInvariant(), url.Port, path, headers.ToImmutable());
    }
}
