using System.Net;
using System.Net.Sockets;
using System.Text;
using k8s;
using k8s.Models;

namespace Vitrine.Kernel.Services;

/// <summary>As much of an API server as the agent asks: lists, watches that hear of every write, and with EndpointSlices of a version, or without any.</summary>
internal sealed class ServiceApi : IDisposable
{
    private readonly HttpListener server = new();
    private readonly Dictionary<string, Dictionary<string, (string Json, int Version)>> objects = [];
    private readonly List<(string Path, Stream Stream)> watches = [];
    private readonly string slices;
    private int version = 1;

    /// <param name="slices">their version, or empty</param>
    public ServiceApi(string slices)
    {
        this.slices = slices;
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            Port = ((IPEndPoint)probe.LocalEndpoint).Port;
        }
        server.Prefixes.Add($"http://127.0.0.1:{Port}/");
        server.Start();
        _ = ServeAsync();
    }

    public int Port { get; }

    public void Put(string path, IKubernetesObject<V1ObjectMeta> thing)
    {
        lock (objects)
        {
            thing.Metadata.ResourceVersion = $"{++version}";
            var json = KubernetesJson.Serialize((object)thing).ReplaceLineEndings("");
            if (!objects.TryGetValue(path, out var all))
                objects[path] = all = [];
            var type = all.ContainsKey(thing.Metadata.Name) ? "MODIFIED" : "ADDED";
            all[thing.Metadata.Name] = (json, version);
            foreach (var (_, stream) in watches.Where(w => w.Path == path))
            {
                stream.Write(Encoding.UTF8.GetBytes($"{{\"type\":\"{type}\",\"object\":{json}}}\n"));
                stream.Flush();
            }
        }
    }

    public void Dispose() => server.Close();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var context = await server.GetContextAsync();
                var path = context.Request.Url!.AbsolutePath.Trim('/');
                context.Response.ContentType = "application/json";
                if (path == "apis/discovery.k8s.io")
                {
                    context.Response.StatusCode = slices.Length > 0 ? 200 : 404;
                    context.Response.OutputStream.Write(Encoding.UTF8.GetBytes($$$"""{"versions":[{"version":"{{{slices}}}"}]}"""));
                    context.Response.Close();
                    continue;
                }
                lock (objects)
                    if (context.Request.QueryString["watch"] is null)
                    {
                        var items = objects.TryGetValue(path, out var all) ? string.Join(',', all.Values.Select(v => v.Json)) : "";
                        context.Response.OutputStream.Write(Encoding.UTF8.GetBytes($"{{\"metadata\":{{\"resourceVersion\":\"{version}\"}},\"items\":[{items}]}}"));
                        context.Response.Close();
                    }
                    else
                    {
                        context.Response.SendChunked = true;
                        // What was written since the list comes first, as from any API server.
                        foreach (var (json, at) in objects.GetValueOrDefault(path)?.Values.ToArray() ?? [])
                            if (at > int.Parse(context.Request.QueryString["resourceVersion"]!))
                                context.Response.OutputStream.Write(Encoding.UTF8.GetBytes($"{{\"type\":\"MODIFIED\",\"object\":{json}}}\n"));
                        context.Response.OutputStream.Flush();
                        watches.Add((path, context.Response.OutputStream));
                    }
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
        }
    }
}
