using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Validation;

/// <summary>One container; ports and resources have rules of their own.</summary>
internal static class ContainerRules
{
    /// <param name="container">Defaulted.</param>
    /// <param name="path">Such as spec.containers[0].</param>
    /// <param name="volumes">Names of the pod's volumes.</param>
    /// <param name="list">containers, initContainers or ephemeralContainers.</param>
    /// <param name="causes">Gets the faults.</param>
    public static void Check(JsonObject container, string path, HashSet<string> volumes, string list, List<FieldCause> causes)
    {
        if (causes.Require(container, path, "name"))
        {
            causes.Named($"{path}.name", container.Text("name"), Names.Label);
        }
        if (causes.Require(container, path, "image") && container.Text("image") is var image && image.Trim() != image)
        {
            causes.Add(Cause.Invalid($"{path}.image", image, "must not have leading or trailing whitespace"));
        }
        causes.OneOf(container, path, "terminationMessagePolicy", "File", "FallbackToLogsOnError");
        causes.OneOf(container, path, "imagePullPolicy", "Always", "IfNotPresent", "Never");
        EnvironmentRules.Check(container, path, causes);
        Mounts(container, path, volumes, causes);
        ResourceRules.Check(container.Object("resources"), $"{path}.resources", causes);
        Security(container.Object("securityContext"), $"{path}.securityContext", causes);

        if (list == "initContainers" && container.Text("restartPolicy") != "Always")
        {
            foreach (var field in (ReadOnlySpan<string>)["lifecycle", "livenessProbe", "readinessProbe", "startupProbe"])
            {
                if (container.Has(field))
                {
                    causes.Add(Cause.Forbidden($"{path}.{field}", "may not be set for init containers without restartPolicy=Always"));
                }
            }
            return;
        }
        if (list == "ephemeralContainers")
        {
            // They have rules of their own.
            return;
        }
        Restarts(container, path, causes);
        HandlerRules.Hook(container.Object("lifecycle"), "postStart", $"{path}.lifecycle", causes);
        HandlerRules.Hook(container.Object("lifecycle"), "preStop", $"{path}.lifecycle", causes);
        HandlerRules.Probe(container, "livenessProbe", path, onceSucceeds: true, causes);
        HandlerRules.Probe(container, "readinessProbe", path, onceSucceeds: false, causes);
        HandlerRules.Probe(container, "startupProbe", path, onceSucceeds: true, causes);
    }

    /// <summary>KEP-5307; source: validateContainerRestartPolicy.</summary>
    private static void Restarts(JsonObject container, string path, List<FieldCause> causes)
    {
        const int MaxRules = 20, MaxValues = 255;
        causes.OneOf(container, path, "restartPolicy", "Always", "Never", "OnFailure");
        var rules = container.Objects("restartPolicyRules").ToArray();
        if (rules.Length > 0 && container.Text("restartPolicy").Length == 0)
        {
            causes.Add(Cause.Required($"{path}.restartPolicy", "must specify restartPolicy when restart rules are used"));
        }
        if (rules.Length > MaxRules)
        {
            causes.Add(new FieldCause("FieldValueTooMany", $"{path}.restartPolicyRules", $"Too many: {rules.Length}: must have at most {MaxRules} items"));
        }
        for (var i = 0; i < rules.Length; i++)
        {
            var at = $"{path}.restartPolicyRules[{i}]";
            if (causes.Require(rules[i], at, "action"))
            {
                causes.OneOf(rules[i], at, "action", "Restart");
            }
            if (rules[i].Object("exitCodes") is not { } codes)
            {
                causes.Add(Cause.Required($"{at}.exitCodes", "must be specified"));
                continue;
            }
            if (causes.Require(codes, $"{at}.exitCodes", "operator"))
            {
                causes.OneOf(codes, $"{at}.exitCodes", "operator", "In", "NotIn");
            }
            if (codes.Array("values") is not { Count: > 0 and <= MaxValues })
            {
                causes.Add(Cause.Invalid($"{at}.exitCodes.values", codes["values"] ?? new JsonArray(), $"must have 1 to {MaxValues} values"));
            }
        }
    }

    private static void Mounts(JsonObject container, string path, HashSet<string> volumes, List<FieldCause> causes)
    {
        var paths = new HashSet<string>();
        var index = 0;
        foreach (var mount in container.Objects("volumeMounts"))
        {
            var at = $"{path}.volumeMounts[{index++}]";
            if (causes.Require(mount, at, "name") && !volumes.Contains(mount.Text("name")))
            {
                causes.Add(Cause.NotFound($"{at}.name", mount.Text("name")));
            }
            if (causes.Require(mount, at, "mountPath") && !paths.Add(mount.Text("mountPath")))
            {
                causes.Add(Cause.Invalid($"{at}.mountPath", mount.Text("mountPath"), "must be unique"));
            }
            if (mount.Text("subPath").Length > 0 && mount.Text("subPathExpr").Length > 0)
            {
                causes.Add(Cause.Invalid($"{at}.subPathExpr", mount.Text("subPathExpr"), "subPathExpr and subPath are mutually exclusive"));
            }
            causes.RelativePath($"{at}.subPath", mount.Text("subPath"));
            causes.RelativePath($"{at}.subPathExpr", mount.Text("subPathExpr"));
            causes.OneOf(mount, at, "mountPropagation", "Bidirectional", "HostToContainer", "None");
            if (mount.Text("mountPropagation") == "Bidirectional" && !container.Object("securityContext").Flag("privileged"))
            {
                causes.Add(Cause.Forbidden($"{at}.mountPropagation", "Bidirectional mount propagation is available only to privileged containers"));
            }
        }
    }

    /// <summary>Of a container or a whole pod: a profile of the node's own has a name, and only such a one.</summary>
    public static void Profiles(JsonObject? context, string path, List<FieldCause> causes)
    {
        foreach (var field in (ReadOnlySpan<string>)["seccompProfile", "appArmorProfile"])
        {
            if (context.Object(field) is not { } profile)
            {
                continue;
            }
            var at = $"{path}.{field}";
            if (causes.Require(profile, at, "type"))
            {
                causes.OneOf(profile, at, "type", "Localhost", "RuntimeDefault", "Unconfined");
            }
            var name = profile.Text("localhostProfile");
            if (profile.Text("type") == "Localhost" && name.Length == 0)
            {
                causes.Add(Cause.Required($"{at}.localhostProfile", "must be set when type is Localhost"));
            }
            else if (profile.Text("type") != "Localhost" && name.Length > 0)
            {
                causes.Add(Cause.Invalid($"{at}.localhostProfile", name, "can only be set when type is Localhost"));
            }
            if (field == "seccompProfile")
            {
                causes.RelativePath($"{at}.localhostProfile", name);
            }
        }
    }

    private static void Security(JsonObject? context, string path, List<FieldCause> causes)
    {
        causes.Between(context, path, "runAsUser", 0, int.MaxValue);
        causes.Between(context, path, "runAsGroup", 0, int.MaxValue);
        causes.OneOf(context, path, "procMount", "Default", "Unmasked");
        Profiles(context, path, causes);
        var denied = context.Has("allowPrivilegeEscalation") && !context.Flag("allowPrivilegeEscalation");
        if (denied && context.Flag("privileged"))
        {
            causes.Add(Cause.Invalid(path, context, "cannot set `allowPrivilegeEscalation` to false and `privileged` to true"));
        }
        if (denied && context.Object("capabilities").Array("add")?.Any(c => c.AsText() == "CAP_SYS_ADMIN") == true)
        {
            causes.Add(Cause.Invalid(path, context, "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN"));
        }
    }
}
