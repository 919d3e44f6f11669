using System.Text.Json.Nodes;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;
using Vitrine.ApiServer.Selectors;

namespace Vitrine.ApiServer.Validation;

/// <summary>The pods a workload makes: selector and template must fit, and the pods must be ones that are started again.</summary>
internal static class TemplateRules
{
    private const string NoMatch = "`selector` does not match template `labels`";

    /// <summary>spec.selector and spec.template of a kind that keeps its pods running.</summary>
    /// <param name="spec">The workload's.</param>
    /// <param name="name">The kind as upstream's message about activeDeadlineSeconds names it.</param>
    /// <param name="emptyFor">The kind as upstream's message about an empty selector names it.</param>
    /// <param name="causes">Gets the faults.</param>
    public static void Check(JsonObject spec, string name, string emptyFor, List<FieldCause> causes)
    {
        if (spec.Object("selector") is not { } selector)
        {
            causes.Add(Cause.Required("spec.selector"));
        }
        else
        {
            SelectorRules.Check(selector, "spec.selector", causes);
            if (selector.Object("matchLabels") is not { Count: > 0 } && selector.Array("matchExpressions") is not { Count: > 0 })
            {
                causes.Add(Cause.Invalid("spec.selector", selector, $"empty selector is invalid for {emptyFor}"));
            }
            Matches(spec, SelectorObject.Read(selector), causes);
        }
        Restarted(spec, name, causes);
    }

    public static void Matches(JsonObject spec, LabelSelector? selector, List<FieldCause> causes)
    {
        var labels = spec.Object("template").Object("metadata").Object("labels");
        if (!selector.Selects(labels))
        {
            causes.Add(Cause.Invalid("spec.template.metadata.labels", labels ?? [], NoMatch));
        }
    }

    /// <summary>A template whose pods run until somebody deletes them.</summary>
    public static void Restarted(JsonObject spec, string name, List<FieldCause> causes)
    {
        Template(spec.Object("template"), "spec.template", causes);
        var pod = spec.Object("template").Object("spec");
        if (pod.Text("restartPolicy") is not ("Always" or ""))
        {
            causes.Add(Cause.NotSupported("spec.template.spec.restartPolicy", pod.Text("restartPolicy"), "Always"));
        }
        if (pod.Has("activeDeadlineSeconds"))
        {
            causes.Add(Cause.Forbidden("spec.template.spec.activeDeadlineSeconds", $"activeDeadlineSeconds in {name} is not Supported"));
        }
    }

    public static void Template(JsonObject? template, string path, List<FieldCause> causes)
    {
        causes.Labels(template.Object("metadata").Object("labels"), $"{path}.labels");
        MetadataRules.Annotations(template.Object("metadata").Object("annotations"), $"{path}.annotations", causes);
        var spec = template.Object("spec") ?? [];
        PodSpecRules.Check(spec, $"{path}.spec", causes);
        if (spec.Array("ephemeralContainers") is { Count: > 0 })
        {
            causes.Add(Cause.Forbidden($"{path}.spec.ephemeralContainers", "ephemeral containers not allowed in pod template"));
        }
    }

    /// <summary>Changing a selector would let go of some pods and take others: it is given once.</summary>
    public static void SelectorStays(JsonObject spec, JsonObject? old, List<FieldCause> causes)
    {
        if (old.Object("spec") is { } before)
        {
            causes.Unchanged(spec, before, "spec", "selector");
        }
    }
}
