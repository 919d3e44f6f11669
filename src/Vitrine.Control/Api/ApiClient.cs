using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using k8s;
using Vitrine.Model.Watching;

namespace Vitrine.Control.Api;

/// <summary>
/// The writes of all controllers and of what ends them, one way for every kind. At most <see cref="AtOnce"/> are under way together: a thousand pods
/// to create must not become a thousand connections.
/// </summary>
public sealed class ApiClient(Kubernetes client)
{
    private const int AtOnce = 32;
    private readonly SemaphoreSlim places = new(AtOnce);

    public const string StrategicMerge = "application/strategic-merge-patch+json";
    public const string Merge = "application/merge-patch+json";

    /// <summary>The object as the API keeps it. Throws <see cref="ApiException"/>.</summary>
    public Task<T> CreateAsync<T>(Resource resource, string? ns, T value, CancellationToken ct) =>
        SendAsync<T>(HttpMethod.Post, resource.In(ns), KubernetesJson.Serialize(value), "application/json", ct);

    public Task<T> ReadAsync<T>(Resource resource, string? ns, string name, CancellationToken ct) =>
        SendAsync<T>(HttpMethod.Get, resource.Of(ns, name), null, "", ct);

    /// <summary>Writes the whole object over the version it was read as.</summary>
    public Task<T> ReplaceAsync<T>(Resource resource, string? ns, string name, T value, CancellationToken ct) =>
        SendAsync<T>(HttpMethod.Put, resource.Of(ns, name), KubernetesJson.Serialize(value), "application/json", ct);

    /// <summary>Writes the status over the version the object was read as; false where that was not the newest.</summary>
    public async Task<bool> ReplaceStatusAsync<T>(Resource resource, string? ns, string name, T value, CancellationToken ct)
    {
        try
        {
            await SendAsync<T>(HttpMethod.Put, resource.Of(ns, name) + "/status", KubernetesJson.Serialize(value), "application/json", ct);
            return true;
        }
        catch (ApiException e) when (e.Stale)
        {
            return false;
        }
    }

    /// <summary>Patches an object or a subresource ("name/status"); false where it is gone or another one by now.</summary>
    public async Task<bool> PatchAsync(Resource resource, string? ns, string name, string patch, CancellationToken ct, string type = StrategicMerge)
    {
        try
        {
            await SendAsync<object>(HttpMethod.Patch, resource.Of(ns, name), patch, type, ct);
            return true;
        }
        catch (ApiException e) when (e.Stale)
        {
            return false;
        }
    }

    /// <summary>Deletes the object with that uid; false where it was gone already.</summary>
    public Task<bool> DeleteAsync(Resource resource, string? ns, string name, string uid, CancellationToken ct, string? propagation = null, int? graceSeconds = null) =>
        DeleteAsync(resource.Of(ns, name), uid, null, ct, propagation, graceSeconds);

    /// <summary>Deletes what is at a path if it still has that uid and, where given, that version.</summary>
    public async Task<bool> DeleteAsync(string path, string uid, string? version, CancellationToken ct, string? propagation = null, int? graceSeconds = null)
    {
        var grace = graceSeconds is { } s ? $",\"gracePeriodSeconds\":{s}" : "";
        var how = propagation is null ? "" : $",\"propagationPolicy\":\"{propagation}\"";
        var at = version is null ? "" : $",\"resourceVersion\":\"{version}\"";
        try
        {
            await SendAsync<object>(HttpMethod.Delete, path, $$$"""{"apiVersion":"v1","kind":"DeleteOptions","preconditions":{"uid":"{{{uid}}}"{{{at}}}}{{{grace}}}{{{how}}}}""", "application/json", ct);
            return true;
        }
        catch (ApiException e) when (e.Stale)
        {
            return false;
        }
    }

    /// <summary>Deletes what is at a path, whichever object it is, and after it what it owns; false where there is none.</summary>
    public async Task<bool> TryDeleteAsync(string path, CancellationToken ct)
    {
        try
        {
            await SendAsync<object>(HttpMethod.Delete, path, """{"apiVersion":"v1","kind":"DeleteOptions","propagationPolicy":"Background"}""", "application/json", ct);
            return true;
        }
        catch (ApiException e) when (e.StatusCode == HttpStatusCode.NotFound)
        {
            return false;
        }
    }

    /// <summary>POST, PUT, PATCH … of a path as it is; the answer is not read for <c>object</c>, and not parsed for <c>string</c>.</summary>
    public async Task<T> SendAsync<T>(HttpMethod method, string path, string? body, string type, CancellationToken ct)
    {
        await places.WaitAsync(ct);
        try
        {
            using var request = new HttpRequestMessage(method, new Uri(client.BaseUri, path));
            if (body is not null)
            {
                request.Content = new StringContent(body, Encoding.UTF8);
                request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
            }

            using var response = await client.HttpClient.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
            if (!response.IsSuccessStatusCode)
            {
                throw await RefusedAsync(response, method, path, ct);
            }

            if (typeof(T) == typeof(object))
            {
                return default!;
            }

            var text = await response.Content.ReadAsStringAsync(ct);
            return text is T plain ? plain : FieldOwners.Dropped(KubernetesJson.Deserialize<T>(text));
        }
        finally
        {
            places.Release();
        }
    }

    private static async Task<ApiException> RefusedAsync(HttpResponseMessage response, HttpMethod method, string path, CancellationToken ct)
    {
        var text = await response.Content.ReadAsStringAsync(ct);
        try
        {
            using var status = JsonDocument.Parse(text);
            return new ApiException(response.StatusCode, Text("reason"), Text("message") is { Length: > 0 } said ? said : $"{method} {path}: {(int)response.StatusCode}");

            string Text(string name) => status.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
        }
        catch (JsonException)
        {
            return new ApiException(response.StatusCode, "", $"{method} {path}: {(int)response.StatusCode} {text}");
        }
    }
}
