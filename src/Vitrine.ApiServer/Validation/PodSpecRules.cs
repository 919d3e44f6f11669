using System.Net;
using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Validation;

/// <summary>A pod's spec, also inside the templates of workloads.</summary>
internal static class PodSpecRules
{
    public static void Check(JsonObject spec, string path, List<FieldCause> causes)
    {
        var volumes = VolumeRules.Check(spec, $"{path}.volumes", causes);
        Containers(spec, path, volumes, causes);
        causes.OneOf(spec, path, "restartPolicy", "Always", "OnFailure", "Never");
        causes.OneOf(spec, path, "dnsPolicy", "ClusterFirstWithHostNet", "ClusterFirst", "Default", "None");
        causes.OneOf(spec, path, "preemptionPolicy", "PreemptLowerPriority", "Never");
        causes.AtLeastZero(spec, path, "terminationGracePeriodSeconds");
        causes.Between(spec, path, "activeDeadlineSeconds", 1, int.MaxValue);
        causes.Labels(spec.Object("nodeSelector"), $"{path}.nodeSelector");
        Name(spec, path, "nodeName", Names.Subdomain, causes);
        Name(spec, path, "serviceAccountName", Names.Subdomain, causes);
        Name(spec, path, "priorityClassName", Names.Subdomain, causes);
        Name(spec, path, "runtimeClassName", Names.Subdomain, causes);
        Name(spec, path, "hostname", Names.Label, causes);
        Name(spec, path, "subdomain", Names.Label, causes);
        Secrets(spec, path, causes);
        Hosts(spec, path, causes);
        TolerationRules.Check(spec, path, causes);
        Security(spec.Object("securityContext"), $"{path}.securityContext", causes);
        Dns(spec, path, causes);
    }

    private static void Containers(JsonObject spec, string path, HashSet<string> volumes, List<FieldCause> causes)
    {
        if (!spec.Objects("containers").Any())
        {
            causes.Add(Cause.Required($"{path}.containers"));
        }
        var names = new HashSet<string>();
        var hostPorts = new HashSet<(string, string, long)>();
        foreach (var list in (ReadOnlySpan<string>)["containers", "initContainers", "ephemeralContainers"])
        {
            var index = 0;
            foreach (var container in spec.Objects(list))
            {
                var at = $"{path}.{list}[{index++}]";
                ContainerRules.Check(container, at, volumes, list, causes);
                if (container.Text("name") is { Length: > 0 } name && !names.Add(name))
                {
                    causes.Add(Cause.Duplicate($"{at}.name", name));
                }
                HandlerRules.Signal(container.Object("lifecycle"), spec, $"{at}.lifecycle", causes);
                if (list == "ephemeralContainers")
                {
                    EphemeralContainerRules.Fields(container, at, spec, causes);
                }
                PortRules.Check(container, at, spec.Flag("hostNetwork"), list == "containers" ? hostPorts : [], causes);
            }
        }
    }

    private static void Name(JsonObject spec, string path, string field, Func<string, IEnumerable<string>> syntax, List<FieldCause> causes)
    {
        if (spec.Text(field) is { Length: > 0 } name)
        {
            causes.Named($"{path}.{field}", name, syntax);
        }
    }

    private static void Secrets(JsonObject spec, string path, List<FieldCause> causes)
    {
        var index = 0;
        foreach (var secret in spec.Objects("imagePullSecrets"))
        {
            causes.Require(secret, $"{path}.imagePullSecrets[{index++}]", "name");
        }
    }

    private static void Hosts(JsonObject spec, string path, List<FieldCause> causes)
    {
        var index = 0;
        foreach (var alias in spec.Objects("hostAliases"))
        {
            var at = $"{path}.hostAliases[{index++}]";
            Address(alias["ip"], $"{at}.ip", causes);
            foreach (var name in alias.Array("hostnames") ?? [])
            {
                causes.Named($"{at}.hostnames", name.AsText() ?? "", Names.Subdomain);
            }
        }
    }

    private static void Address(JsonNode? text, string path, List<FieldCause> causes)
    {
        if (!IPAddress.TryParse(text.AsText(), out _))
        {
            causes.Add(Cause.Invalid(path, text.AsText() ?? "", "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"));
        }
    }

    private static void Security(JsonObject? context, string path, List<FieldCause> causes)
    {
        foreach (var field in (ReadOnlySpan<string>)["runAsUser", "runAsGroup", "fsGroup"])
        {
            causes.Between(context, path, field, 0, int.MaxValue);
        }
        causes.OneOf(context, path, "fsGroupChangePolicy", "OnRootMismatch", "Always");
        causes.OneOf(context, path, "supplementalGroupsPolicy", "Merge", "Strict");
        ContainerRules.Profiles(context, path, causes);
    }

    private static void Dns(JsonObject spec, string path, List<FieldCause> causes)
    {
        var config = spec.Object("dnsConfig");
        var servers = config.Array("nameservers");
        if (spec.Text("dnsPolicy") == "None" && servers is not { Count: > 0 })
        {
            causes.Add(Cause.Required($"{path}.dnsConfig.nameservers", "must provide at least one DNS nameserver when `dnsPolicy` is None"));
        }
        for (var i = 0; i < servers?.Count; i++)
        {
            Address(servers[i], $"{path}.dnsConfig.nameservers[{i}]", causes);
        }
    }
}
