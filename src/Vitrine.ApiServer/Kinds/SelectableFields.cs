using System.Text.Json.Nodes;
using Vitrine.ApiServer.Objects;
using Field = System.Func<System.Text.Json.Nodes.JsonObject, string>;

namespace Vitrine.ApiServer.Kinds;

/// <summary>Field selectors upstream supports besides metadata.name and metadata.namespace.</summary>
internal static class SelectableFields
{
    public static IReadOnlyDictionary<string, Field> OfPods { get; } = Text(
        "spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName",
        "status.phase", "status.podIP", "status.nominatedNodeName").With("spec.hostNetwork", Flag("spec", "hostNetwork"));

    public static IReadOnlyDictionary<string, Field> OfServices { get; } = Text("spec.clusterIP", "spec.type");

    public static IReadOnlyDictionary<string, Field> OfNodes { get; } =
        Text().With("spec.unschedulable", Flag("spec", "unschedulable"));

    public static IReadOnlyDictionary<string, Field> OfNamespaces { get; } = Text("status.phase");

    public static IReadOnlyDictionary<string, Field> OfReplicated { get; } = Text().With("status.replicas", Count("status", "replicas"));

    public static IReadOnlyDictionary<string, Field> OfJobs { get; } = Text().With("status.successful", Count("status", "succeeded"));

    public static IReadOnlyDictionary<string, Field> OfSigningRequests { get; } = Text("spec.signerName");

    public static IReadOnlyDictionary<string, Field> OfSecrets { get; } = Text("type");

    public static IReadOnlyDictionary<string, Field> OfEvents { get; } = Text(
        "involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid",
        "involvedObject.apiVersion", "involvedObject.resourceVersion", "involvedObject.fieldPath",
        "reason", "reportingComponent", "type").With("source", EventSource);

    /// <summary>Of events of events.k8s.io, by the names of either form.</summary>
    public static IReadOnlyDictionary<string, Field> OfNewEvents { get; } = ((string[])["kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath"]).Aggregate(
        Text("reason", "reportingController", "type")
            .With("reportingComponent", static obj => obj.Text("reportingController"))
            .With("source", static obj => obj.TextAt("deprecatedSource.component") is { Length: > 0 } component ? component : obj.Text("reportingController")),
        static (fields, part) => fields.With($"regarding.{part}", Path($"regarding.{part}")).With($"involvedObject.{part}", Path($"regarding.{part}")));

    private static Field Path(string path) => obj => obj.TextAt(path);

    private static Dictionary<string, Field> Text(params string[] paths) =>
        paths.ToDictionary(path => path, path => (Field)(obj => obj.TextAt(path)));

    private static Dictionary<string, Field> With(this Dictionary<string, Field> fields, string name, Field field)
    {
        fields.Add(name, field);
        return fields;
    }

    private static Field Flag(string parent, string field) => obj => obj[parent].Flag(field) ? "true" : "false";

    private static Field Count(string parent, string field) =>
        obj => (obj[parent].Number(field) ?? 0).ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static string EventSource(JsonObject obj) =>
        obj.TextAt("source.component") is { Length: > 0 } component ? component : obj.Text("reportingComponent");
}
