using Vitrine.Model.Plans;
using Vitrine.Model.Plans.Services;

namespace Vitrine.Dataplane.Apply.Services;

/// <summary>Which Services two plans treat differently.</summary>
internal static class ServiceDifference
{
    public static IReadOnlyCollection<string> Of(ServicePlan before, ServicePlan after, IReadOnlySet<string>? changed)
    {
        var differ = new HashSet<string>();
        if (!ReferenceEquals(before.Rules, after.Rules))
            return [.. before.Services.Keys.Union(after.Services.Keys)];
        foreach (var key in changed ?? before.Services.Keys.Concat(after.Services.Keys).ToHashSet())
        {
            var (old, now) = (before.Services.GetValueOrDefault(key), after.Services.GetValueOrDefault(key));
            if (ReferenceEquals(old, now))
                continue;
            differ.Add(key);
            // Another Service may have waited for a front end, or lose one.
            Contested(before, old);
            Contested(after, now);
        }
        return differ;

        void Contested(ServicePlan plan, PlannedService? service)
        {
            foreach (var (_, frontEnd) in service?.FrontEnds ?? [])
                if (plan.Contested.Contains(frontEnd.Key) && plan.Claims.TryGetValue(frontEnd.Key, out var claims))
                    differ.UnionWith(claims);
        }
    }
}
