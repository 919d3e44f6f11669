using System.Text.Json.Nodes;
using Vitrine.ApiServer.Admission;
using Vitrine.ApiServer.Definitions;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Schema;
using Vitrine.ApiServer.Services;
using Vitrine.ApiServer.Store;
using Vitrine.ApiServer.Verbs;

namespace Vitrine.ApiServer.Drafts;

/// <summary>
/// Takes objects as a create would, by the same code, and keeps them in memory: no connection, no disk, no chance. The same objects in the same order
/// become the same. Namespaces are there when something is written to them, custom kinds once their definition is.
/// </summary>
/// <param name="services">what Services are given addresses and ports from</param>
public sealed class DraftServer(ServiceRanges services)
{
    private const string CoreNamespaces = "namespaces";

    private readonly List<Kind> kinds = [.. KindList.All];
    private readonly Dictionary<Kind, KindTree> trees = KindList.All.ToDictionary(static kind => kind, static _ => KindTree.Empty, (IEqualityComparer<Kind>)ReferenceEqualityComparer.Instance);
    private readonly Chance chance = Chance.InOrder();
    private readonly DateTimeOffset now = DateTimeOffset.UnixEpoch;

    /// <summary>The priority classes and namespaces of every cluster.</summary>
    public void Begin()
    {
        foreach (var (name, (value, description)) in SystemPriorityClasses.Values)
        {
            Keep(SchedulingKinds.PriorityClass, "", name, SystemPriorityClasses.Made(name, value, description, chance.Uid(), now));
        }
        foreach (var name in InitialNamespaces.Names)
        {
            Keep(CoreKinds.Namespace, "", name, InitialNamespaces.Made(name, chance.Uid(), now));
        }
    }

    public bool Has(string group, string plural, string ns, string name) => TreeOf(group, plural).Find(ns, name) is not null;

    /// <summary>All objects of a kind that is served, by namespace and name.</summary>
    public IEnumerable<JsonObject> All(string group, string plural) => TreeOf(group, plural).List(null).Select(static o => o.Parse());

    /// <summary>Names of the fields that the object at a path of a kind may have; none where there is no such object.</summary>
    public static IEnumerable<string> FieldsOf(string group, string kind, string path)
    {
        var type = KindList.All.FirstOrDefault(k => k.Group == group && k.Name == kind) is { } known ? SchemaSet.Get(known.Schema) : null;
        foreach (var step in path.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            var shape = type?.Fields.GetValueOrDefault(step.Split('[')[0])?.Shape;
            type = (step.Contains('[', StringComparison.Ordinal) ? shape?.Item : shape)?.Object;
        }
        return type?.Fields.Keys ?? [];
    }

    /// <param name="value">is changed</param>
    /// <param name="ns">where an object goes that names no namespace</param>
    /// <param name="duplicates">fields that were written twice</param>
    public DraftObject Create(JsonObject value, string ns = "default", IReadOnlyList<string>? duplicates = null)
    {
        var (version, name) = (value.Text("apiVersion"), value.Text("kind"));
        var group = version.Split('/') is [var before, _] ? before : "";
        if (kinds.FirstOrDefault(k => k.ApiVersion == version && k.Name == name) is not { } kind)
        {
            return Unserved(value, group, ns);
        }
        if (kind.Namespaced && value.TextAt("metadata.namespace") is { Length: > 0 } own)
        {
            ns = own;
        }
        var given = value.DeepClone().AsObject();
        var faults = new List<string>();
        var draft = new DraftObject(kind.Group, kind.Name, kind.Singular, kind.Namespaced ? ns : "", NameOf(value), value);
        try
        {
            ObjectDecoder.Conform(value, kind, [.. duplicates ?? []], FieldValidation.Warn, faults);
            var request = new AdmissionRequest(kind, draft.Namespace, kinds, k => trees[k]) { Services = services, Now = now, Chance = chance };
            NewObject.Prepare(request, value);
            draft = draft with { Name = NewObject.Complete(request, value) };
            if (trees[kind].Find(draft.Namespace, draft.Name) is not null)
            {
                throw ApiErrors.AlreadyExists(kind, draft.Name);
            }
            kind.Allocate(request, value, null);
            Assume(draft.Namespace);
            Keep(kind, draft.Namespace, draft.Name, value);
            if (kind == ApiExtensionsKinds.CustomResourceDefinition)
            {
                Define(value);
            }
            return draft with { Stored = true, Faults = [.. faults.Select(Named)] };
        }
        catch (ApiException e)
        {
            return draft with { Value = given, Faults = [.. faults.Select(Named), .. e.Causes.Count > 0 ? e.Causes.Select(static c => new DraftFault(c.Field, c.Message)) : [new DraftFault("", e.Message)]] };
        }
    }

    private void Define(JsonObject definition)
    {
        var verdict = DefinitionPlan.Compile(All(ApiExtensionsKinds.Group, "customresourcedefinitions"), KindList.All, now).Verdicts.First(v => v.Definition.TextAt("metadata.name") == definition.TextAt("metadata.name"));
        foreach (var kind in verdict.IsServed ? DefinedKinds.Of(definition, DefinitionNames.Read(verdict.Status.Object("acceptedNames"))) : [])
        {
            kinds.Add(kind);
            trees.Add(kind, KindTree.Empty);
        }
    }

    private DraftObject Unserved(JsonObject value, string group, string ns)
    {
        var kind = value.Text("kind");
        var known = kinds.FirstOrDefault(k => k.Name == kind && k.Group == group);
        var fault = kind.Length == 0 || value.Text("apiVersion").Length == 0 ? new DraftFault(kind.Length == 0 ? "kind" : "apiVersion", "Required value: an object says by apiVersion and kind what it is")
            : kinds.FirstOrDefault(k => k.Name == kind) is { } other ? new DraftFault("apiVersion", $"{kind} is not served in {value.Text("apiVersion")}, but in {(known ?? other).ApiVersion}")
            : null;
        var space = value.TextAt("metadata.namespace");
        return new DraftObject(group, kind, kind.ToLowerInvariant(), space.Length > 0 ? space : ns, NameOf(value), value) { Served = false, Faults = fault is null ? [] : [fault] };
    }

    /// <summary>`duplicate field "spec.x"` → its field.</summary>
    private static DraftFault Named(string fault) => new(fault.Split('"') is [_, var field, ..] ? field : "", fault);

    private static string NameOf(JsonObject value) => value.TextAt("metadata.name") is { Length: > 0 } name ? name : $"{value.TextAt("metadata.generateName")}…";

    private KindTree TreeOf(string group, string plural) => trees.First(t => t.Key.Group == group && t.Key.Plural == plural).Value;

    private void Assume(string ns)
    {
        if (ns.Length > 0 && !Has("", CoreNamespaces, "", ns))
        {
            Keep(CoreKinds.Namespace, "", ns, InitialNamespaces.Made(ns, chance.Uid(), now));
        }
    }

    private void Keep(Kind kind, string ns, string name, JsonObject value)
    {
        var payload = ObjectPayload.From(value);
        trees[kind] = trees[kind].With(new StoredObject(ns, name, 0, payload.Json, payload.RevisionAt) { Claims = kind.Claims?.Invoke(value) ?? [] });
    }
}
