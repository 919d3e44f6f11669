using System.CommandLine;
using Vitrine.Agent;
using Vitrine.Agent.Eviction;
using Vitrine.Clusters;
using Vitrine.Manifests;

namespace Vitrine.Verbs;

/// <summary>What a node agent may be told of the node's own housekeeping, named as kubelet's flags.</summary>
internal sealed class AgentVerbOptions
{
    private readonly Option<string?> manifests = new("--pod-manifest-path") { Description = "Folder of static pods (default: manifests below the data directory)." };
    private readonly Option<string> eviction = new("--eviction-hard") { Description = "Thresholds below which pods are evicted.", DefaultValueFactory = _ => EvictionThreshold.Default };
    private readonly Option<string> soft = new("--eviction-soft") { Description = "Thresholds below which pods are evicted after a while, with time to end.", DefaultValueFactory = _ => "" };
    private readonly Option<string> softGrace = new("--eviction-soft-grace-period") { Description = "How long each may be met before, SIGNAL=DURATION.", DefaultValueFactory = _ => "" };
    private readonly Option<int> podGrace = new("--eviction-max-pod-grace-period") { Description = "Seconds such a pod has to end at most.", DefaultValueFactory = _ => 0 };
    private readonly Option<int> transition = new("--eviction-pressure-transition-period") { Description = "Seconds a pressure condition stays after its cause is gone.", DefaultValueFactory = _ => 300 };
    private readonly Option<int> high = new("--image-gc-high-threshold") { Description = "Percent of the disk in use above which unused images are removed.", DefaultValueFactory = _ => 85 };
    private readonly Option<int> low = new("--image-gc-low-threshold") { Description = "Percent down to which they are.", DefaultValueFactory = _ => 80 };
    private readonly Option<int> age = new("--minimum-image-ttl-duration") { Description = "Seconds an unused image stays at least.", DefaultValueFactory = _ => 120 };
    private readonly Option<int> look = new("--image-gc-period") { Description = "Seconds between two looks at the disk for that.", DefaultValueFactory = _ => 300 };
    private readonly Option<int> shutdown = new("--shutdown-grace-period") { Description = "Seconds the pods have to end in all when the node shuts down (SIGPWR); 0 ends none.", DefaultValueFactory = _ => 0 };
    private readonly Option<int> critical = new("--shutdown-grace-period-critical-pods") { Description = "How many of them, at the end, are for critical pods alone; 0 for a third.", DefaultValueFactory = _ => 0 };
    private readonly Option<string?> sysctls = new("--allowed-unsafe-sysctls") { Description = "Kernel settings pods may have beside the safe ones, with commas between; NAME or PREFIX*." };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[manifests, eviction, soft, softGrace, podGrace, transition, high, low, age, look, shutdown, critical, sysctls])
        {
            command.Options.Add(option);
        }
    }

    /// <exception cref="CommandFailure">A value is out of range.</exception>
    public NodeAgentOptions Apply(ParseResult parse, NodeAgentOptions options)
    {
        var (upper, lower) = (parse.GetValue(high), parse.GetValue(low));
        if (lower < 0 || upper > 100 || lower >= upper)
        {
            throw new CommandFailure($"--image-gc-low-threshold {lower} is not below --image-gc-high-threshold {upper}", "give percents with 0 <= low < high <= 100");
        }

        if (parse.GetValue(critical) > parse.GetValue(shutdown) || parse.GetValue(critical) < 0)
        {
            throw new CommandFailure($"--shutdown-grace-period-critical-pods {parse.GetValue(critical)} is more than --shutdown-grace-period {parse.GetValue(shutdown)}", "it is a part of it");
        }

        try
        {
            EvictionThreshold.ParseAll(parse.GetValue(eviction)!);
        }
        catch (FormatException e)
        {
            throw new CommandFailure($"--eviction-hard: {e.Message}", "see vitrine node --help");
        }

        try
        {
            EvictionThreshold.ParseSoft(parse.GetValue(soft)!, parse.GetValue(softGrace)!);
        }
        catch (FormatException e)
        {
            throw new CommandFailure($"--eviction-soft: {e.Message}", "see vitrine node --help");
        }

        if (parse.GetValue(podGrace) < 0)
        {
            throw new CommandFailure($"--eviction-max-pod-grace-period {parse.GetValue(podGrace)} is less than 0", "give seconds");
        }

        return options with
        {
            StaticPodPath = parse.GetValue(manifests) ?? Path.Combine(options.DataDirectory, "manifests"),
            ReadManifest = StaticManifest.Read,
            EvictionHard = parse.GetValue(eviction)!,
            EvictionSoft = parse.GetValue(soft)!,
            EvictionSoftGracePeriod = parse.GetValue(softGrace)!,
            EvictionMaxPodGracePeriod = TimeSpan.FromSeconds(parse.GetValue(podGrace)),
            EvictionPressureTransitionPeriod = TimeSpan.FromSeconds(parse.GetValue(transition)),
            ImageGcHighPercent = upper,
            ImageGcLowPercent = lower,
            ImageMinimumAge = TimeSpan.FromSeconds(parse.GetValue(age)),
            ImageCollectionPeriod = TimeSpan.FromSeconds(Math.Max(1, parse.GetValue(look))),
            ShutdownGracePeriod = TimeSpan.FromSeconds(parse.GetValue(shutdown)),
            ShutdownGracePeriodCriticalPods = TimeSpan.FromSeconds(parse.GetValue(critical)),
            AllowedUnsafeSysctls = parse.GetValue(sysctls)?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [],
        };
    }
}
