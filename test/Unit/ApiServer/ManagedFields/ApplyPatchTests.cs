using System.Text.Json.Nodes;
using CsCheck;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.ManagedFields;
using Vitrine.ApiServer.Verbs;
using Xunit;

namespace Vitrine.Unit.ApiServer.ManagedFields;

public class ApplyPatchTests
{
    private const string Now = "2026-01-01T00:00:00Z";

    [Fact]
    public void What_is_applied_is_owned_and_what_is_not_is_left_alone()
    {
        JsonObject live = Apply(null, "a", Map("x: 1, y: 2"));
        Assert.Equal("""{"x":"1","y":"2"}""", Data(live));
        live = Apply(live, "b", Map("z: 3"));
        Assert.Equal("""{"x":"1","y":"2","z":"3"}""", Data(live));
        Assert.Equal([".data.x", ".data.y"], Owned(live, "a"));
        Assert.Equal([".data.z"], Owned(live, "b"));
    }

    [Fact]
    public void What_is_applied_no_longer_goes()
    {
        JsonObject live = Apply(Apply(null, "a", Map("x: 1, y: 2")), "a", Map("y: 2"));
        Assert.Equal("""{"y":"2"}""", Data(live));
        Assert.Equal([".data.y"], Owned(live, "a"));
    }

    [Fact]
    public void What_another_has_too_stays_when_one_gives_it_up()
    {
        JsonObject live = Apply(Apply(null, "a", Map("x: 1, y: 2")), "b", Map("x: 1"));
        Assert.Equal([".data.x"], Owned(live, "b"));
        live = Apply(live, "a", Map("y: 2"));
        Assert.Equal("""{"x":"1","y":"2"}""", Data(live));
        Assert.Equal("""{"y":"2"}""", Data(Apply(live, "b", Map(""))));
    }

    [Fact]
    public void A_conflict_names_manager_and_field_and_force_takes_it()
    {
        JsonObject live = Apply(null, "a", Map("x: 1, y: 2"));
        ApiException refused = Assert.Throws<ApiException>(() => Apply(live, "b", Map("x: 9")));
        Assert.Equal((409, "Conflict"), (refused.Code, refused.Reason));
        Assert.Equal("Apply failed with 1 conflict: conflict with \"a\": .data.x", refused.Message);
        Assert.Equal(new FieldCause("FieldManagerConflict", ".data.x", "conflict with \"a\""), Assert.Single(refused.Causes));
        refused = Assert.Throws<ApiException>(() => Apply(live, "b", Map("x: 9, y: 9")));
        Assert.Equal("Apply failed with 2 conflicts: conflicts with \"a\":\n- .data.x\n- .data.y", refused.Message);

        JsonObject forced = Apply(live, "b", Map("x: 9"), force: true);
        Assert.Equal([".data.y"], Owned(forced, "a"));
        Assert.Equal([".data.x"], Owned(forced, "b"));
        Assert.Equal("""{"x":"9","y":"2"}""", Data(forced));
    }

    [Fact]
    public void Containers_are_merged_by_name_and_ports_by_number_and_protocol()
    {
        JsonObject live = Apply(null, "a", Pod("containers: [{name: web, image: one, ports: [{containerPort: 53}]}]"));
        live = Apply(live, "b", Pod("containers: [{name: side, image: two}, {name: web, ports: [{containerPort: 53, protocol: UDP}]}]"));
        Assert.Equal(["side", "web"], live["spec"]!["containers"]!.AsArray().Select(c => (string?)c!["name"]));
        JsonNode web = live["spec"]!["containers"]![1]!;
        Assert.Equal("one", (string?)web["image"]);
        Assert.Equal(2, web["ports"]!.AsArray().Count);
        Assert.Contains(""".spec.containers[name="web"].ports[containerPort=53,protocol="TCP"].containerPort""", Owned(live, "a"));
        live = Apply(live, "b", Pod("containers: [{name: web}]"));
        Assert.Equal(["web"], live["spec"]!["containers"]!.AsArray().Select(c => (string?)c!["name"]));
        Assert.Single(live["spec"]!["containers"]![0]!["ports"]!.AsArray());
    }

    [Fact]
    public void Elements_of_others_keep_their_place()
    {
        JsonObject live = Apply(null, "a", Pod("containers: [{name: one, image: i}, {name: two, image: i}, {name: three, image: i}]"));
        live = Apply(live, "b", Pod("containers: [{name: new, image: i}, {name: three}, {name: last, image: i}]"));
        Assert.Equal(["one", "two", "new", "three", "last"], live["spec"]!["containers"]!.AsArray().Select(c => (string?)c!["name"]));
    }

    [Fact]
    public void An_atomic_list_has_one_owner()
    {
        JsonObject live = Apply(null, "a", Pod("containers: [{name: web, image: i, args: [x, y]}]"));
        ApiException refused = Assert.Throws<ApiException>(() => Apply(live, "b", Pod("containers: [{name: web, args: [x]}]")));
        Assert.EndsWith(""".spec.containers[name="web"].args""", refused.Message, StringComparison.Ordinal);
        Assert.Equal("""["x"]""", Apply(live, "b", Pod("containers: [{name: web, args: [x]}]"), force: true)["spec"]!["containers"]![0]!["args"]!.ToJsonString());
    }

    [Fact]
    public void Finalizers_are_a_set()
    {
        JsonObject live = Apply(null, "a", Parse("{metadata: {name: m, finalizers: [e.x/one]}}"));
        live = Apply(live, "b", Parse("{metadata: {name: m, finalizers: [e.x/two]}}"));
        Assert.Equal("""["e.x/one","e.x/two"]""", live["metadata"]!["finalizers"]!.ToJsonString().Replace("\"e.x/two\",\"e.x/one\"", "\"e.x/one\",\"e.x/two\"", StringComparison.Ordinal));
        live = Apply(live, "a", Parse("{metadata: {name: m}}"));
        Assert.Equal("""["e.x/two"]""", live["metadata"]!["finalizers"]!.ToJsonString());
    }

    [Fact]
    public void An_object_without_managers_has_one_before_the_first_apply()
    {
        JsonObject live = Parse("{metadata: {name: m}, data: {x: '1'}}");
        ApiException refused = Assert.Throws<ApiException>(() => Apply(live, "a", Map("x: 2")));
        Assert.Equal("Apply failed with 1 conflict: conflict with \"before-first-apply\" using v1: .data.x", refused.Message);
        Assert.Equal([".data.x"], Owned(Apply(live, "a", Map("x: 1")), "before-first-apply"));
    }

    [Fact]
    public void Kubectl_takes_what_its_client_side_apply_left()
    {
        const string Last = "kubectl.kubernetes.io/last-applied-configuration";
        JsonObject live = Parse("{metadata: {name: m}, data: {x: '1', y: '1'}}");
        live["metadata"]!["annotations"] = new JsonObject { [Last] = """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"m"},"data":{"x":"1"}}""" };
        live["metadata"]!["managedFields"] = FieldOwnership.Created(new FieldManager("kubectl-client-side-apply", false, "v1", ""), Vitrine.ApiServer.Kinds.CoreKinds.ConfigMap, live, Now);
        JsonObject applied = Apply(live, "kubectl", Map("x: 2"));
        Assert.Equal("""{"x":"2","y":"1"}""", Data(applied));
        Assert.Contains("\"x\":\"2\"", (string?)applied["metadata"]!["annotations"]![Last], StringComparison.Ordinal);
        Assert.Throws<ApiException>(() => Apply(live, "other", Map("x: 2")));
        Assert.Throws<ApiException>(() => Apply(live, "kubectl", Map("y: 2")));
    }

    [Fact]
    public void Applying_twice_changes_nothing_and_what_is_applied_is_there() => Gen.Select(s_data, s_data, s_data).Sample((one, two, three) =>
    {
        JsonObject live = Apply(null, "a", one);
        live = Apply(live, "b", two, force: true);
        live = Apply(live, "a", three, force: true);
        Assert.True(JsonNode.DeepEquals(live, Apply(live, "a", three)));
        foreach ((string key, JsonNode? value) in three["data"]!.AsObject())
        {
            Assert.Equal((string?)value, (string?)live["data"]![key]);
        }

        // Everybody's fields are there, and nothing is there that nobody has.
        HashSet<string> present = [.. (live["data"] as JsonObject ?? []).Select(static pair => ".data." + pair.Key)];
        Assert.Equal(present.Order(StringComparer.Ordinal), Owned(live, "a").Union(Owned(live, "b")).Where(static path => path != ".data").Order(StringComparer.Ordinal));
    });

    [Fact]
    public void Many_updaters_become_ancient()
    {
        JsonObject live = Parse("{metadata: {name: m}, data: {}}");
        for (int i = 0; i < 15; i++)
        {
            JsonObject changed = live.DeepClone().AsObject();
            changed["data"]!["k" + i] = "v";
            changed["metadata"]!["managedFields"] = FieldOwnership.Changed(
                new FieldManager("m" + i, false, "v1", ""), CoreKinds.ConfigMap, UpdateScope.Main, null, changed, live, $"2026-01-01T00:00:{i:00}Z");
            live = changed;
        }

        string?[] names = [.. live["metadata"]!["managedFields"]!.AsArray().Select(e => (string?)e!["manager"])];
        Assert.Equal(10, names.Length);
        Assert.Contains("ancient-changes", names);
        Assert.Equal(6, Owned(live, "ancient-changes").Length);
    }

    [Theory]
    [InlineData("{metadata: {name: m, labels: {b: '1', a: '2'}, annotations: {}}, data: {y: '1', x: '2'}, immutable: true}")]
    [InlineData("{metadata: {name: m}}")]
    [InlineData("{metadata: {name: m, finalizers: [a.b/c, a.b/d, a.b/c], ownerReferences: [{uid: u, name: n, kind: Pod, apiVersion: v1}]}}")]
    [InlineData("{metadata: {name: p, uid: u}, spec: {nodeSelector: {a: b}, securityContext: {}, containers: [{name: b, image: i, args: [x], ports: [{containerPort: 80, name: h}], resources: {limits: {cpu: '1'}}, env: [{name: A, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}]}, {name: a}], volumes: [{name: v, emptyDir: {}}], tolerations: [{key: k}]}, status: {phase: Running}}")]
    public void A_new_object_has_the_same_managers_written_in_one_pass(string yaml)
    {
        Kind kind = yaml.Contains("spec:", StringComparison.Ordinal) ? CoreKinds.Pod : CoreKinds.ConfigMap;
        FieldManager manager = new("me", false, "v1", "");
        byte[]? written = FirstFields.Write(manager, kind, Parse(yaml), Now);
        Assert.Equal(
            FieldOwnership.Created(manager, kind, Parse(yaml), Now)?.ToJsonString(Vitrine.ApiServer.Objects.JsonText.Plain),
            written is null ? null : System.Text.Encoding.UTF8.GetString(written));
    }

    private static readonly Gen<JsonObject> s_data = Gen.Select(Gen.Select(Gen.Int[0, 3], static i => "abcd"[i].ToString()), Gen.Select(Gen.Int[1, 2], static i => i.ToString(System.Globalization.CultureInfo.InvariantCulture))).Array[1, 4].Select(pairs =>
        Map(string.Join(", ", pairs.DistinctBy(static pair => pair.Item1).Select(static pair => $"{pair.Item1}: {pair.Item2}"))));

    private static JsonObject Apply(JsonObject? live, string manager, JsonObject config, bool force = false)
    {
        Kind kind = config["spec"] is null ? CoreKinds.ConfigMap : CoreKinds.Pod;
        return new ApplyPatch(kind, UpdateScope.Main, new FieldManager(manager, true, "v1", ""), config, force).To(live, Now);
    }

    private static JsonObject Map(string data) => Parse($"{{metadata: {{name: m}}, data: {{{string.Join(", ", data.Split(", ", StringSplitOptions.RemoveEmptyEntries).Select(static pair => $"{pair.Split(": ")[0]}: '{pair.Split(": ")[1]}'"))}}}}}");

    private static JsonObject Pod(string spec) => Parse($"{{metadata: {{name: p}}, spec: {{{spec}}}}}");

    private static JsonObject Parse(string yaml) => Vitrine.ApiServer.Objects.YamlTree.Parse(yaml, [])!.AsObject();

    private static string Data(JsonObject value) => value["data"]!.ToJsonString();

    private static string[] Owned(JsonObject value, string manager) =>
        [.. FieldManagers.Read(value["metadata"]!["managedFields"]?.AsArray()).Entries.Where(entry => entry.Key.Name == manager).SelectMany(static entry => entry.Value.Fields.Paths())];
}
