using System.Reflection;
using System.Text;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using k8s.Models;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Protobuf;

namespace Vitrine.Unit.ApiServer.Schema;

/// <summary>Writes schema.txt and the descriptions from the official client's models, for the kinds of <see cref="KindList"/>.</summary>
internal sealed partial class SchemaGenerator
{
    private const string Core = "io.k8s.api.core.v1.";
    private const string Meta = "io.k8s.apimachinery.pkg.apis.meta.v1.";

    private static readonly HashSet<string> MetaTypes =
    [
        "Condition", "DeleteOptions", "FieldSelectorRequirement", "LabelSelector", "LabelSelectorRequirement", "ListMeta",
        "ManagedFieldsEntry", "ObjectMeta", "OwnerReference", "Preconditions", "ShardInfo", "Status", "StatusCause", "StatusDetails",
    ];

    private readonly SortedDictionary<string, Type> types = new(StringComparer.Ordinal);
    private readonly Dictionary<Type, string> names = [];
    private readonly ModelDocs docs = ModelDocs.Read(typeof(V1Pod).Assembly);

    public string Structure { get; }

    public string Descriptions { get; }

    public SchemaGenerator()
    {
        // The client has no models of the Gateway API and of cluster-wide policies, and none with all fields of metrics: their schemas are written by hand.
        foreach (var kind in KindList.All.Where(k => k.Group is not (GatewayKinds.Group or MetricsKinds.Group or PolicyKinds.NetworkGroup)).OrderBy(k => k.Group, StringComparer.Ordinal))
        {
            var package = kind.Schema[..(kind.Schema.LastIndexOf('.') + 1)];
            Reach(Model(kind.Group, kind.Version, kind.Name), package);
            if (kind.Verbs.Contains("list"))
            {
                Reach(Model(kind.Group, kind.Version, kind.Name + "List"), package);
            }
        }
        Reach(typeof(V1Binding), "io.k8s.api.core.v1.");
        Reach(typeof(V1Scale), "io.k8s.api.autoscaling.v1.");
        Reach(typeof(V1Eviction), "io.k8s.api.policy.v1.");
        Reach(Model("authentication.k8s.io", "v1", "TokenRequest"), "io.k8s.api.authentication.v1.");
        Reach(typeof(V1Status), Meta);
        Reach(typeof(V1DeleteOptions), Meta);

        var structure = new StringBuilder();
        var descriptions = new StringBuilder();
        foreach (var (name, type) in types)
        {
            structure.Append(name).Append(SchemaFacts.TypeNotation(name[(name.LastIndexOf('.') + 1)..])).Append('\n');
            Describe(descriptions, name, docs.Of(type));
            foreach (var (field, property) in Fields(type))
            {
                var shortName = name[(name.LastIndexOf('.') + 1)..];
                var required = property.PropertyType is { IsPrimitive: true } || SchemaFacts.IsRequired(name, shortName, field);
                structure.Append(' ').Append(field).Append(' ').Append(Notation(property.PropertyType, shortName, field))
                    .Append(required ? " !" : "").Append(SchemaFacts.PatchNotation(shortName, field)).Append(SchemaFacts.ListNotation(shortName, field)).Append('\n');
                Describe(descriptions, $"{name} {field}", docs.Of(property));
            }
        }
        Structure = structure.ToString();
        Descriptions = descriptions.ToString();
    }

    private static Type Model(string group, string version, string kind) => typeof(V1Pod).Assembly.GetTypes().Single(t =>
        t.GetCustomAttribute<KubernetesEntityAttribute>() is { } entity
        && entity.Group == group && entity.ApiVersion == version && entity.Kind == kind);

    private static IEnumerable<(string Name, PropertyInfo Property)> Fields(Type type) => type.GetProperties()
        .Select(p => (p.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name!, p))
        .Where(f => f.Item1 is not null)
        .OrderBy(f => f.Item1, StringComparer.Ordinal);

    private static void Describe(StringBuilder to, string path, string text)
    {
        if (text.Length > 0)
        {
            to.Append(path).Append('\t').Append(text.Replace("\n", "\\n", StringComparison.Ordinal)).Append('\n');
        }
    }

    /// <summary>A type has the package of the kind that reaches it first, or the core's when upstream shares it from there.</summary>
    private void Reach(Type type, string package)
    {
        if (names.ContainsKey(type))
        {
            return;
        }
        var shortName = Prefix().Replace(type.Name, "");
        package = Owner(shortName, package);
        var name = (MetaTypes.Contains(shortName) ? Meta : package) + shortName;
        names.Add(type, name);
        types.Add(name, type);
        foreach (var (_, property) in Fields(type))
        {
            var inner = property.PropertyType;
            while (inner.IsGenericType)
            {
                inner = inner.GetGenericArguments()[^1];
            }
            if (inner.Namespace == "k8s.Models" && inner != typeof(ResourceQuantity) && inner != typeof(IntOrString))
            {
                Reach(inner, package);
            }
        }
    }

    /// <summary>A type that its group has not and the core has is the core's, such as the PodTemplateSpec of a Deployment.</summary>
    private static string Owner(string shortName, string package) =>
        FieldNumbers.Of(package + shortName).Count == 0 && FieldNumbers.Of(Core + shortName).Count > 0 ? Core : package;

    private string Notation(Type type, string owner, string field)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsGenericType)
        {
            var item = Notation(type.GetGenericArguments()[^1], owner, field);
            return type.GetGenericTypeDefinition() == typeof(IDictionary<,>) ? "{}" + item : "[]" + item;
        }
        return type switch
        {
            _ when type == typeof(string) => "string",
            _ when type == typeof(byte[]) => "bytes",
            _ when type == typeof(DateTime) => SchemaFacts.IsMicroTime(owner, field) ? "microtime" : "time",
            _ when type == typeof(int) => "int32",
            _ when type == typeof(long) => "int64",
            _ when type == typeof(double) => "double",
            _ when type == typeof(bool) => "bool",
            _ when type == typeof(ResourceQuantity) => "quantity",
            _ when type == typeof(IntOrString) => "intorstring",
            _ when type == typeof(object) => SchemaFacts.Either(owner, field) is { Length: > 0 } name ? $"?{names.Single(n => n.Value.EndsWith("." + name, StringComparison.Ordinal)).Value}" : "any",
            _ => names[type],
        };
    }

    [GeneratedRegex(@"^([A-Z][a-z]+v|V)\d+((alpha|beta)\d+)?")]
    private static partial Regex Prefix();
}
