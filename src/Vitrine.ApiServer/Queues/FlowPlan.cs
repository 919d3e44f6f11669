using System.Text.Json.Nodes;
using Vitrine.ApiServer.Access;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Queues;

/// <summary>
/// All schemas in the order they are asked, and all levels: a function of the objects. What must be there is, whatever became of its object; a schema without its
/// level does not count.
/// </summary>
internal sealed class FlowPlan
{
    /// <summary>Requests served at once, of all limited levels together: upstream's --max-requests-inflight and --max-mutating-requests-inflight.</summary>
    public const int Seats = 600;

    private readonly FlowSchemaPlan[] _schemas;
    private readonly FlowSchemaPlan _last;
    private readonly Dictionary<string, LevelPlan> _levels;

    private FlowPlan(IReadOnlyList<LevelPlan> levels, FlowSchemaPlan[] schemas)
    {
        Levels = levels;
        _levels = levels.ToDictionary(static level => level.Name, StringComparer.Ordinal);
        _schemas = schemas;
        _last = schemas.First(static schema => schema.Name == FlowDefaults.CatchAll);
    }

    public static FlowPlan Default { get; } = Compile([]);

    public IReadOnlyList<LevelPlan> Levels { get; }

    /// <param name="objects">FlowSchemas and PriorityLevelConfigurations; with none at all the suggested ones count.</param>
    public static FlowPlan Compile(IReadOnlyList<JsonObject> objects)
    {
        HashSet<(string, string)> there = [.. objects.Select(Key)];
        JsonObject[] all = [.. objects, .. FlowDefaults.All.Where(one => objects.Count == 0 || (FlowDefaults.Mandatory(one.Text("kind"), one.TextAt("metadata.name")) is not null && !there.Contains(Key(one))))];
        JsonObject[] configured = [.. all.Where(static one => one.Text("kind") == "PriorityLevelConfiguration")];
        long shares = configured.Sum(LevelPlan.SharesOf);
        LevelPlan[] levels = [.. configured.Select(level => LevelPlan.Read(level, Seats, shares))];
        HashSet<string> names = [.. levels.Select(static level => level.Name)];
        return new FlowPlan(levels, [.. all
            .Where(static one => one.Text("kind") == "FlowSchema").Select(FlowSchemaPlan.Read)
            .Where(schema => names.Contains(schema.Level))
            .OrderBy(static schema => schema.Precedence).ThenBy(static schema => schema.Name, StringComparer.Ordinal)]);
    }

    /// <summary>The schema a request belongs to.</summary>
    public FlowSchemaPlan Find(in AccessQuestion question)
    {
        foreach (FlowSchemaPlan schema in _schemas)
        {
            if (schema.Matches(question))
            {
                return schema;
            }
        }

        return _last;
    }

    public LevelPlan LevelOf(FlowSchemaPlan schema) => _levels[schema.Level];

    private static (string Kind, string Name) Key(JsonObject one) => (one.Text("kind"), one.TextAt("metadata.name"));
}
