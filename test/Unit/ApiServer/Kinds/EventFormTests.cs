using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using k8s;
using k8s.Autorest;
using k8s.Models;
using Vitrine.ApiServer.Kinds;
using Vitrine.Unit.ApiServer.Verbs;
using Xunit;

namespace Vitrine.Unit.ApiServer.Kinds;

/// <summary>Events of events.k8s.io/v1 are those of v1 under other names.</summary>
public sealed class EventFormTests : IAsyncLifetime
{
    private const string Old = "/api/v1/namespaces/default/events";
    private const string New = "/apis/events.k8s.io/v1/namespaces/default/events";

    private const string NewEvent = """
        {"metadata":{"name":"new"},"eventTime":"2026-01-02T03:04:05.123456Z","regarding":{"kind":"Pod","name":"p","namespace":"default"},"reason":"Started","action":"Start",
        "note":"it runs","type":"Normal","reportingController":"example.com/agent","reportingInstance":"agent-1"}
        """;

    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync(kinds: KindList.All);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task What_is_written_in_one_form_is_read_in_both()
    {
        (int code, JsonObject made) = await _server.PostAsync($"{New}?fieldManager=me", NewEvent);
        Assert.Equal((201, "events.k8s.io/v1", "it runs", "Pod", "example.com/agent"), (code, (string?)made["apiVersion"], (string?)made["note"], (string?)made["regarding"]!["kind"], (string?)made["reportingController"]));
        (_, JsonObject old) = await _server.GetAsync($"{Old}/new");
        Assert.Equal(("v1", "it runs", "Pod", "example.com/agent", "2026-01-02T03:04:05.123456Z"), ((string?)old["apiVersion"], (string?)old["message"], (string?)old["involvedObject"]!["kind"], (string?)old["reportingComponent"], (string?)old["eventTime"]));
        Assert.False(old.ContainsKey("note") || old.ContainsKey("regarding") || old.ContainsKey("deprecatedSource"));
        Assert.Equal((string?)made["metadata"]!["uid"], (string?)old["metadata"]!["uid"]);
        Assert.Equal((string?)made["metadata"]!["resourceVersion"], (string?)old["metadata"]!["resourceVersion"]);

        await _server.PostAsync(Old, """{"metadata":{"name":"old"},"involvedObject":{"kind":"Pod","name":"q","namespace":"default"},"reason":"Killing","message":"it ends","source":{"component":"kubelet","host":"n"},"firstTimestamp":"2026-01-01T00:00:00Z","lastTimestamp":"2026-01-01T00:01:00Z","count":3,"type":"Normal"}""");
        (_, JsonObject shown) = await _server.GetAsync($"{New}/old");
        Assert.Equal(("it ends", "kubelet", "2026-01-01T00:01:00Z", 3), ((string?)shown["note"], (string?)shown["deprecatedSource"]!["component"], (string?)shown["deprecatedLastTimestamp"], (int?)shown["deprecatedCount"]));
        (_, JsonObject all) = await _server.GetAsync(New);
        Assert.Equal(("EventList", "events.k8s.io/v1"), ((string?)all["kind"], (string?)all["apiVersion"]));
        Assert.Equal(["it runs", "it ends"], all["items"]!.AsArray().Select(static one => (string?)one!["note"]));
    }

    [Fact]
    public async Task Both_forms_are_watched()
    {
        using WatchStream news = await WatchStream.OpenAsync(_server.Admin, $"{New}?watch=true&fieldSelector=regarding.name=p");
        using WatchStream olds = await WatchStream.OpenAsync(_server.Admin, $"{Old}?watch=true&fieldSelector=involvedObject.name=p,reportingComponent=example.com/agent");
        await _server.PostAsync(New, NewEvent);
        await _server.DeleteAsync($"{Old}/new");
        foreach (string type in (string[])["ADDED", "DELETED"])
        {
            (string seen, JsonObject value) = await news.NextAsync();
            Assert.Equal((type, "events.k8s.io/v1", "it runs"), (seen, (string?)value["apiVersion"], (string?)value["note"]));
            (seen, value) = await olds.NextAsync();
            Assert.Equal((type, "v1", "it runs"), (seen, (string?)value["apiVersion"], (string?)value["message"]));
        }
    }

    [Fact]
    public async Task A_series_grows_and_nothing_else_changes_in_the_new_form()
    {
        await _server.PostAsync($"{New}?fieldManager=me", NewEvent);
        (int code, JsonObject status) = await MergeAsync(New, """{"series":{"count":1,"lastObservedTime":"2026-01-02T03:05:00.000000Z"}}""");
        Assert.Equal((422, "series.count"), (code, (string?)status["details"]!["causes"]![0]!["field"]));
        (code, JsonObject changed) = await MergeAsync(New, """{"series":{"count":2,"lastObservedTime":"2026-01-02T03:05:00.000000Z"}}""");
        Assert.Equal((200, 2), (code, (int?)changed["series"]!["count"]));
        (code, status) = await MergeAsync(New, """{"note":"another","reportingController":"b"}""");
        Assert.Equal(422, code);
        Assert.Equal(["message", "reportingController"], status["details"]!["causes"]!.AsArray().Select(static cause => (string?)cause!["field"]));
        (code, changed) = await MergeAsync($"{Old}", """{"message":"another"}""", "?fieldManager=you");
        Assert.Equal((200, "another", 2), (code, (string?)changed["message"], (int?)changed["series"]!["count"]));

        // Who has which field is told in the names of the form that is read.
        (_, JsonObject shown) = await _server.GetAsync($"{New}/new");
        JsonNode entry = shown["metadata"]!["managedFields"]!.AsArray().Single(static one => (string?)one!["manager"] == "you")!;
        Assert.Equal(("events.k8s.io/v1", """{"f:note":{}}"""), ((string?)entry["apiVersion"], entry["fieldsV1"]!.ToJsonString()));
        Assert.DoesNotContain("f:note", shown["metadata"]!["managedFields"]!.AsArray().Single(static one => (string?)one!["manager"] == "me")!.ToJsonString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"eventTime":null}""", "eventTime")]
    [InlineData("""{"type":"Odd"}""", "type")]
    [InlineData("""{"deprecatedCount":1}""", "count")]
    [InlineData("""{"deprecatedSource":{"component":"x"}}""", "source")]
    [InlineData("""{"deprecatedFirstTimestamp":"2026-01-01T00:00:00Z"}""", "firstTimestamp")]
    [InlineData("""{"action":""}""", "action")]
    [InlineData("""{"reason":""}""", "reason")]
    [InlineData("""{"reportingController":""}""", "reportingController")]
    [InlineData("""{"reportingController":"a b"}""", "reportingController")]
    [InlineData("""{"reportingInstance":""}""", "reportingInstance")]
    [InlineData("""{"regarding":{"namespace":null,"name":"n","kind":"Node"},"metadata":{"namespace":"other"}}""", "involvedObject.namespace")]
    public async Task The_new_form_has_rules_of_its_own(string change, string field)
    {
        JsonObject value = JsonNode.Parse(NewEvent)!.AsObject();
        foreach ((string name, JsonNode? node) in JsonNode.Parse(change)!.AsObject())
        {
            value[name] = name == "metadata" ? value[name] : node?.DeepClone();
        }
        await _server.PostAsync("/api/v1/namespaces", """{"metadata":{"name":"other"}}""");
        (int code, JsonObject status) = await _server.PostAsync(New.Replace("default", change.Contains("other", StringComparison.Ordinal) ? "other" : "default", StringComparison.Ordinal), value.ToJsonString());
        Assert.Equal((422, "Event", "events.k8s.io"), (code, (string?)status["details"]!["kind"], (string?)status["details"]!["group"]));
        Assert.Contains(field, status["details"]!["causes"]!.AsArray().Select(static cause => (string)cause!["field"]!));
    }

    [Fact]
    public async Task Events_of_both_forms_are_deleted_and_survive_a_restart()
    {
        await _server.PostAsync(New, NewEvent);
        await _server.RestartAsync();
        Assert.Equal("it runs", (string?)(await _server.GetAsync($"{Old}/new")).Body["message"]);
        (int code, JsonObject deleted) = await _server.DeleteAsync(New);
        Assert.Equal((200, "it runs"), (code, (string?)deleted["items"]![0]!["note"]));
        Assert.Equal(404, (await _server.GetAsync($"{Old}/new")).Code);
    }

    [Fact]
    public async Task The_official_client_speaks_both()
    {
        var certificate = _server.Certificates.Client("admin", "system:masters");
        using var client = new Kubernetes(new KubernetesClientConfiguration
        {
            Host = $"https://{_server.Host.Addresses[0]}",
            SkipTlsVerify = true,
            ClientCertificateData = Convert.ToBase64String(Encoding.ASCII.GetBytes(certificate.ExportCertificatePem())),
            ClientCertificateKeyData = Convert.ToBase64String(Encoding.ASCII.GetBytes(certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem())),
        });
        var made = await client.EventsV1.CreateNamespacedEventAsync(
            new Eventsv1Event
            {
                Metadata = new V1ObjectMeta { GenerateName = "a-" },
                EventTime = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc),
                Regarding = new V1ObjectReference { Kind = "Pod", Name = "p", NamespaceProperty = "default" },
                Reason = "Started", Action = "Start", Note = "it runs", Type = "Normal", ReportingController = "a", ReportingInstance = "b",
            },
            "default");
        var old = await client.CoreV1.ReadNamespacedEventAsync(made.Metadata.Name, "default");
        Assert.Equal(("it runs", made.EventTime, "p"), (old.Message, old.EventTime, old.InvolvedObject.Name));
        made.Metadata.ManagedFields = null;
        made.Series = new Eventsv1EventSeries { Count = 2, LastObservedTime = new DateTime(2026, 1, 2, 3, 4, 6, DateTimeKind.Utc) };
        Assert.Equal(2, (await client.EventsV1.ReplaceNamespacedEventAsync(made, made.Metadata.Name, "default")).Series.Count);
        made.Note = "another";
        await Assert.ThrowsAsync<HttpOperationException>(() => client.EventsV1.ReplaceNamespacedEventAsync(made, made.Metadata.Name, "default"));
        Assert.Equal(made.Metadata.Name, Assert.Single((await client.EventsV1.ListEventForAllNamespacesAsync(fieldSelector: "regarding.kind=Pod")).Items).Metadata.Name);
    }

    private Task<(int Code, JsonObject Body)> MergeAsync(string path, string patch, string query = "") => _server.SendAsync(HttpMethod.Patch, $"{path}/new{query}", patch, "application/merge-patch+json");
}
