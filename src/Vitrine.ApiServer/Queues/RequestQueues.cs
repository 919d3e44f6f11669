using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using Vitrine.ApiServer.Access;
using Vitrine.ApiServer.Kinds;
using Vitrine.ApiServer.Store;

namespace Vitrine.ApiServer.Queues;

/// <summary>
/// Which requests wait with which, as FlowSchemas and PriorityLevelConfigurations say: a client that floods the server keeps neither nodes nor controllers from it.
/// Watches and streams hold no seat, administrators need none. A changed object counts with the next request (https://kubernetes.io/docs/concepts/cluster-administration/flow-control/).
/// </summary>
internal sealed class RequestQueues
{
    private readonly ObjectStore? _store;
    private readonly (int Schemas, int Levels) _places;
    private readonly Lock _building = new();
    private Built _built;

    /// <param name="served">Without the two kinds the suggested objects count.</param>
    public RequestQueues(ObjectStore store, IReadOnlyList<Kind> served)
    {
        if (served.Contains(FlowControlKinds.FlowSchema) && served.Contains(FlowControlKinds.PriorityLevelConfiguration))
        {
            _store = store;
            _places = (store.IndexOf(FlowControlKinds.FlowSchema), store.IndexOf(FlowControlKinds.PriorityLevelConfiguration));
        }

        _built = new Built(KindTree.Empty, KindTree.Empty, FlowPlan.Default);
        Seats = new SeatPool(FlowPlan.Default.Levels);
    }

    public SeatPool Seats { get; }

    /// <summary>Of the newest state.</summary>
    public FlowPlan Plan
    {
        get
        {
            if (_store is null)
            {
                return _built.Plan;
            }

            ImmutableArray<KindTree> trees = _store.Snapshot.Trees;
            (KindTree schemas, KindTree levels) = (trees[_places.Schemas], trees[_places.Levels]);
            Built known = Volatile.Read(ref _built);
            if (known.Schemas == schemas && known.Levels == levels)
            {
                return known.Plan;
            }

            lock (_building)
            {
                // Not older than what somebody else has just built.
                trees = _store.Snapshot.Trees;
                (schemas, levels) = (trees[_places.Schemas], trees[_places.Levels]);
                if (_built.Schemas != schemas || _built.Levels != levels)
                {
                    FlowPlan plan = FlowPlan.Compile([.. levels.List(null).Concat(schemas.List(null)).Select(static one => one.Parse())]);
                    Seats.Change(plan.Levels);
                    Volatile.Write(ref _built, new Built(schemas, levels, plan));
                }

                return _built.Plan;
            }
        }
    }

    /// <summary>What lasts as long as its client wants: it has neither a seat nor a time.</summary>
    public static bool IsLong(in AccessQuestion question) => question is { Verb: "watch" } or { Subresource: "exec" or "attach" or "portforward" or "log" } or { Path: "/vitrine/backup" };

    /// <summary>The schema of a request, which its answer names.</summary>
    public FlowSchemaPlan Classify(in AccessQuestion question, IHeaderDictionary answer)
    {
        FlowPlan plan = Plan;
        FlowSchemaPlan schema = plan.Find(question);
        if (schema.Uid.Length > 0)
        {
            answer["X-Kubernetes-PF-FlowSchema-UID"] = schema.Uid;
            answer["X-Kubernetes-PF-PriorityLevel-UID"] = plan.LevelOf(schema).Uid;
        }

        return schema;
    }

    private sealed record Built(KindTree Schemas, KindTree Levels, FlowPlan Plan);
}
