using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Http;
using Vitrine.ApiServer.Store;
using Vitrine.ApiServer.Table;

namespace Vitrine.ApiServer.Verbs;

/// <summary>Writes watch events, one JSON object a line, around the stored bytes.</summary>
internal sealed class WatchEventWriter(ApiRequest request, ResponseForm form)
{
    private const int FlushAt = 64 << 10;

    private readonly PipeWriter _output = request.Http.Response.BodyWriter;

    public void Write(string type, StoredObject value)
    {
        Begin(type);
        ObjectForms.Write(request, form, value, _output);
        _output.Write("}\n"u8);
    }

    public void Bookmark(long revision, bool initialEnd)
    {
        Begin("BOOKMARK");
        string number = revision.ToString(CultureInfo.InvariantCulture);
        if (form == ResponseForm.Table)
        {
            TableWriter.Write(request.Kind, [], ObjectForms.IncludeObject(request), number, null, request.Api.Time.GetUtcNow(), _output);
        }
        else
        {
            (string kind, string version) = form == ResponseForm.PartialMetadata ? ("PartialObjectMetadata", "meta.k8s.io/v1") : (request.Kind.Name, request.Kind.ApiVersion);
            string annotations = initialEnd ? ",\"annotations\":{\"k8s.io/initial-events-end\":\"true\"}" : "";
            _output.Write(Encoding.UTF8.GetBytes($"{{\"kind\":\"{kind}\",\"apiVersion\":\"{version}\",\"metadata\":{{\"resourceVersion\":\"{number}\",\"creationTimestamp\":null{annotations}}}}}"));
        }

        _output.Write("}\n"u8);
    }

    public void Error(ApiException error)
    {
        Begin("ERROR");
        StatusWriter.Write(error, _output);
        _output.Write("}\n"u8);
    }

    public ValueTask<FlushResult> FlushAsync() => _output.FlushAsync(request.Aborted);

    public ValueTask<FlushResult> FlushIfLargeAsync() => _output.CanGetUnflushedBytes && _output.UnflushedBytes < FlushAt ? default : FlushAsync();

    private void Begin(string type)
    {
        _output.Write("{\"type\":\""u8);
        Encoding.UTF8.GetBytes(type, _output);
        _output.Write("\",\"object\":"u8);
    }
}
