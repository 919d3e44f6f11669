using Vitrine.ApiServer.Defaulting;
using Vitrine.ApiServer.Table;
using Vitrine.ApiServer.Validation;

namespace Vitrine.ApiServer.Kinds;

/// <summary>Group flowcontrol.apiserver.k8s.io: which requests wait with which, and how many are served at once. <see cref="Queues.RequestQueues"/> goes by them.</summary>
internal static class FlowControlKinds
{
    public const string Group = "flowcontrol.apiserver.k8s.io";

    private const string Package = "io.k8s.api.flowcontrol.v1.";

    public static Kind FlowSchema { get; } = new()
    {
        Group = Group,
        Version = "v1",
        Name = "FlowSchema",
        Plural = "flowschemas",
        Singular = "flowschema",
        Namespaced = false,
        Subresources = ["status"],
        Schema = Package + "FlowSchema",
        CountsGeneration = true,
        Default = FlowControlDefaults.Schema,
        Validate = FlowSchemaRules.Check,
        Table = FlowControlTables.Schema,
    };

    public static Kind PriorityLevelConfiguration { get; } = new()
    {
        Group = Group,
        Version = "v1",
        Name = "PriorityLevelConfiguration",
        Plural = "prioritylevelconfigurations",
        Singular = "prioritylevelconfiguration",
        Namespaced = false,
        Subresources = ["status"],
        Schema = Package + "PriorityLevelConfiguration",
        CountsGeneration = true,
        Default = FlowControlDefaults.Level,
        Validate = PriorityLevelRules.Check,
        Table = FlowControlTables.Level,
    };
}
