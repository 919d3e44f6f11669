using System.Text.Json.Nodes;
using Xunit;

namespace Vitrine.Cluster.Conformance;

/// <summary>Every verb on kinds of every sort, by the API reference (https://kubernetes.io/docs/reference/using-api/api-concepts/).</summary>
public sealed class VerbTests(SharedCluster cluster) : IDisposable
{
    private readonly Api api = new(cluster);

    public void Dispose() => api.Dispose();

    public static TheoryData<string, string, string> Kinds => new()
    {
        { "api/v1", "configmaps", """{"data":{"a":"1"}}""" },
        { "api/v1", "secrets", """{"data":{"a":"MQ=="}}""" },
        { "api/v1", "serviceaccounts", "{}" },
        { "api/v1", "services", """{"spec":{"ports":[{"port":80}]}}""" },
        { "api/v1", "endpoints", "{}" },
        { "api/v1", "events", """{"involvedObject":{"namespace":"NS","kind":"Pod","name":"x"},"reason":"r","type":"Normal"}""" },
        { "api/v1", "pods", """{"spec":{"nodeName":"nowhere","containers":[{"name":"c","image":"debian"}]}}""" },
        { "api/v1", "replicationcontrollers", """{"spec":{"replicas":0,"selector":{"a":"b"},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"debian"}]}}}}""" },
        { "apis/apps/v1", "deployments", """{"spec":{"replicas":0,"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"debian"}]}}}}""" },
        { "apis/apps/v1", "replicasets", """{"spec":{"replicas":0,"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"debian"}]}}}}""" },
        { "apis/apps/v1", "statefulsets", """{"spec":{"replicas":0,"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"debian"}]}}}}""" },
        { "apis/apps/v1", "daemonsets", """{"spec":{"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"nodeSelector":{"none":"such"},"containers":[{"name":"c","image":"debian"}]}}}}""" },
        { "apis/apps/v1", "controllerrevisions", """{"revision":1,"data":{"any":{"thing":[1,"two"]}}}""" },
        { "apis/batch/v1", "jobs", """{"spec":{"suspend":true,"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"debian"}]}}}}""" },
        { "apis/batch/v1", "cronjobs", """{"spec":{"suspend":true,"schedule":"0 0 1 1 *","jobTemplate":{"spec":{"template":{"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"debian"}]}}}}}}""" },
        { "apis/coordination.k8s.io/v1", "leases", """{"spec":{"holderIdentity":"me"}}""" },
        { "apis/discovery.k8s.io/v1", "endpointslices", """{"addressType":"IPv4","endpoints":[],"ports":[]}""" },
        { "apis/networking.k8s.io/v1", "ingresses", """{"spec":{"ingressClassName":"none","defaultBackend":{"service":{"name":"s","port":{"number":80}}}}}""" },
        { "apis/policy/v1", "poddisruptionbudgets", """{"spec":{"minAvailable":1,"selector":{"matchLabels":{"a":"b"}}}}""" },
        { "apis/gateway.networking.k8s.io/v1", "httproutes", """{"spec":{}}""" },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task An_object_is_created_read_listed_changed_and_deleted(string version, string plural, string spec)
    {
        var ns = await cluster.NamespaceAsync($"conf-verb-{plural}");
        var all = $"{version}/namespaces/{ns}/{plural}";
        var made = JsonNode.Parse(spec.Replace("NS", ns, StringComparison.Ordinal))!.AsObject();
        made["metadata"] = new JsonObject { ["name"] = "one", ["labels"] = new JsonObject { ["l"] = "1" } };

        var created = (await api.PostAsync(all, made.ToJsonString())).Must(201);
        var metadata = created["metadata"]!;
        Assert.Equal(("one", ns), ((string?)metadata["name"], (string?)metadata["namespace"]));
        Assert.True(Guid.TryParse((string?)metadata["uid"], out _));
        Assert.True(long.Parse((string)metadata["resourceVersion"]!, System.Globalization.CultureInfo.InvariantCulture) > 0);
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$", (string)metadata["creationTimestamp"]!);
        (await api.PostAsync(all, made.ToJsonString())).Fails(409, "AlreadyExists");

        var read = await api.GetAsync($"{all}/one");
        Assert.Equal(metadata["uid"]!.ToString(), read.Must(200)["metadata"]!["uid"]!.ToString());
        (await api.GetAsync($"{all}/absent")).Fails(404, "NotFound");

        var list = (await api.GetAsync(all)).Must(200);
        Assert.EndsWith("List", (string)list["kind"]!, StringComparison.Ordinal);
        Assert.Equal((string)created["kind"]! + "List", (string)list["kind"]!);
        Assert.NotEmpty((string)list["metadata"]!["resourceVersion"]!);
        Assert.Contains((await api.GetAsync($"{version}/{plural}?labelSelector=l%3D1")).Body["items"]!.AsArray(), item => (string?)item!["metadata"]!["namespace"] == ns);

        // PUT with the version read is taken, with an older one refused.
        // A controller may write between the two.
        JsonObject now = [];
        Reply? taken = null;
        for (var i = 0; i < 5 && taken is not { Code: 200 }; i++)
        {
            now = (await api.GetAsync($"{all}/one")).Body;
            now["metadata"]!["annotations"] = new JsonObject { ["put"] = "1" };
            taken = await api.PutAsync($"{all}/one", now.ToJsonString());
        }

        var put = taken!.Must(200);
        Assert.NotEqual((string?)metadata["resourceVersion"], (string?)put["metadata"]!["resourceVersion"]);
        now["metadata"]!["annotations"]!["put"] = "2";
        (await api.PutAsync($"{all}/one", now.ToJsonString())).Fails(409, "Conflict");
        now["metadata"]!["name"] = "other";
        (await api.PutAsync($"{all}/one", now.ToJsonString())).Fails(400, "BadRequest");
        now["metadata"]!["name"] = "absent";
        (await api.PutAsync($"{all}/absent", now.ToJsonString())).Fails(404, "NotFound");

        // A dry run answers as if, and nothing is so.
        Assert.Equal("y", (string?)(await api.PatchAsync($"{all}/one?dryRun=All", """{"metadata":{"labels":{"dry":"y"}}}""")).Must(200)["metadata"]!["labels"]!["dry"]);
        Assert.Null((await api.GetAsync($"{all}/one")).Metadata["labels"]!["dry"]);
        (await api.SendAsync(HttpMethod.Delete, $"{all}/one?dryRun=All", null)).Must(200);
        (await api.GetAsync($"{all}/one")).Must(200);

        // A change that changes nothing is none.
        await TestCluster.EventuallyAsync(async () => (await api.GetAsync($"{all}/one")).Version == (await api.PatchAsync($"{all}/one", """{"metadata":{"labels":{"l":"1"}}}""")).Version, "a change that changes nothing leaves the version");

        (await api.DeleteAsync($"{all}/one", """{"gracePeriodSeconds":0,"preconditions":{"uid":"11111111-1111-1111-1111-111111111111"}}""")).Fails(409, "Conflict");
        (await api.DeleteAsync($"{all}/one", """{"gracePeriodSeconds":0}""")).Must(200);
        await TestCluster.EventuallyAsync(async () => (await api.GetAsync($"{all}/one")).Code == 404, $"{plural} one is gone");
        (await api.DeleteAsync($"{all}/one")).Fails(404, "NotFound");

        // A name of the server's making, and all at once.
        made["metadata"] = new JsonObject { ["generateName"] = "many-" };
        for (var i = 0; i < 3; i++)
        {
            Assert.Matches("^many-[a-z0-9]{5}$", (string)(await api.PostAsync(all, made.ToJsonString())).Must(201)["metadata"]!["name"]!);
        }

        (await api.SendAsync(HttpMethod.Delete, $"{all}?gracePeriodSeconds=0", null)).Must(200);
        await TestCluster.EventuallyAsync(async () => !(await api.GetAsync(all)).Names.Any(static name => name.StartsWith("many-", StringComparison.Ordinal)), $"all {plural} are gone");
    }

    [Fact]
    public async Task Cluster_wide_kinds_have_no_namespace()
    {
        foreach (var (all, body) in new[]
        {
            ("apis/scheduling.k8s.io/v1/priorityclasses", """{"metadata":{"name":"conf-prio"},"value":7}"""),
            ("apis/networking.k8s.io/v1/ingressclasses", """{"metadata":{"name":"conf-class"},"spec":{"controller":"e.x/c"}}"""),
        })
        {
            var made = (await api.PostAsync(all, body)).Must(201);
            Assert.Null(made["metadata"]!["namespace"]);
            (await api.DeleteAsync($"{all}/{made["metadata"]!["name"]}")).Must(200);
        }

        (await api.GetAsync("api/v1/namespaces/default/nodes")).Fails(404, "NotFound");
    }

    [Fact]
    public async Task Methods_that_a_path_does_not_take_are_405_and_paths_that_are_none_404()
    {
        (await api.PostAsync("api/v1/configmaps", """{"metadata":{"name":"x"}}""")).Fails(405, "MethodNotAllowed");
        (await api.DeleteAsync("api/v1/configmaps")).Fails(405, "MethodNotAllowed");
        (await api.PutAsync("api/v1/namespaces/default/configmaps", "{}")).Fails(405, "MethodNotAllowed");
        (await api.PostAsync("api/v1/namespaces/default/configmaps/x", "{}")).Fails(405, "MethodNotAllowed");
        (await api.GetAsync("api/v1/namespaces/default/nonsense")).Fails(404, "NotFound");
        (await api.GetAsync("apis/none.such/v1")).Must(404);
        (await api.GetAsync("api/v1/namespaces/default/configmaps/x/status")).Fails(404, "NotFound");
    }

    [Fact]
    public async Task Tables_and_metadata_are_other_forms_of_the_same()
    {
        var ns = await cluster.NamespaceAsync("conf-forms");
        (await api.PostAsync($"api/v1/namespaces/{ns}/configmaps", """{"metadata":{"name":"m"},"data":{"a":"1","b":"2"}}""")).Must(201);
        var table = (await api.GetAsync($"api/v1/namespaces/{ns}/configmaps/m", "application/json;as=Table;v=v1;g=meta.k8s.io")).Must(200);
        Assert.Equal(("Table", "meta.k8s.io/v1"), ((string?)table["kind"], (string?)table["apiVersion"]));
        Assert.Equal(["Name", "Data", "Age"], table["columnDefinitions"]!.AsArray().Select(static column => (string?)column!["name"]));
        Assert.Equal(("m", 2), ((string?)table["rows"]![0]!["cells"]![0], (int)table["rows"]![0]!["cells"]![1]!));
        var partial = (await api.GetAsync($"api/v1/namespaces/{ns}/configmaps/m", "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io")).Must(200);
        Assert.Equal(("PartialObjectMetadata", "m"), ((string?)partial["kind"], (string?)partial["metadata"]!["name"]));
        Assert.Null(partial["data"]);
        (await api.GetAsync($"api/v1/namespaces/{ns}/configmaps/m", "text/csv")).Fails(406, "NotAcceptable");
    }
}
