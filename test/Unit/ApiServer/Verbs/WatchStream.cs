using System.Text.Json.Nodes;
using Xunit;

namespace Vitrine.Unit.ApiServer.Verbs;

/// <summary>Reads a watch line by line, with a deadline.</summary>
internal sealed class WatchStream(HttpResponseMessage answer, StreamReader lines) : IDisposable
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(10);

    public static async Task<WatchStream> OpenAsync(HttpClient client, string path, string? accept = null)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, path);
        if (accept is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept", accept);
        }

        HttpResponseMessage answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(200, (int)answer.StatusCode);
        return new WatchStream(answer, new StreamReader(await answer.Content.ReadAsStreamAsync()));
    }

    public async Task<(string Type, JsonObject Object)> NextAsync()
    {
        string? line = await lines.ReadLineAsync().WaitAsync(s_deadline);
        Assert.NotNull(line);
        JsonObject change = JsonNode.Parse(line)!.AsObject();
        return ((string)change["type"]!, change["object"]!.AsObject());
    }

    public async Task<(string Type, string Name)> NextNameAsync()
    {
        (string type, JsonObject value) = await NextAsync();
        return (type, (string?)value["metadata"]!["name"] ?? "");
    }

    public async Task ExpectEndAsync() => Assert.Null(await lines.ReadLineAsync().WaitAsync(s_deadline));

    public void Dispose()
    {
        lines.Dispose();
        answer.Dispose();
    }
}
