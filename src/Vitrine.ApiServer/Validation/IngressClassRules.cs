using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Vitrine.ApiServer.Errors;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Validation;

/// <summary>Source: ValidateIngressClass of pkg/apis/networking/validation.</summary>
internal static partial class IngressClassRules
{
    private const int MaxController = 250;

    public static void Check(JsonObject value, JsonObject? old, List<FieldCause> causes)
    {
        var spec = value.Object("spec");
        var controller = spec.Text("controller");
        if (old is not null)
        {
            causes.Unchanged(spec, old.Object("spec"), "spec", "controller");
        }
        if (controller.Length > MaxController)
        {
            causes.Add(Cause.TooLong("spec.controller", MaxController));
        }
        Path(controller, "spec.controller", causes);
        if (spec.Object("parameters") is { } parameters)
        {
            Parameters(parameters, causes);
        }
    }

    /// <summary>A domain, a slash, a path: IsDomainPrefixedPath.</summary>
    private static void Path(string text, string field, List<FieldCause> causes)
    {
        if (text.Length == 0)
        {
            causes.Add(Cause.Required(field));
            return;
        }
        if (text.Split('/', 2) is not [{ Length: > 0 } domain, { Length: > 0 } path])
        {
            causes.Add(Cause.Invalid(field, text, "must be a domain-prefixed path (such as \"acme.io/foo\")"));
            return;
        }
        foreach (var fault in Names.Subdomain(domain))
        {
            causes.Add(Cause.Invalid(field, domain, fault));
        }
        if (!IsPath().IsMatch(path))
        {
            causes.Add(Cause.Invalid(field, path, @"Invalid path (e.g. 'foo', regex used for validation is '[A-Za-z0-9/\-._~%!$&'()*+,;=:]+')"));
        }
    }

    private static void Parameters(JsonObject parameters, List<FieldCause> causes)
    {
        const string at = "spec.parameters";
        if (parameters.Text("apiGroup") is { Length: > 0 } group)
        {
            causes.Named($"{at}.apiGroup", group, Names.Subdomain);
        }
        causes.Require(parameters, at, "kind");
        causes.Require(parameters, at, "name");
        if (!causes.Require(parameters, at, "scope"))
        {
            return;
        }
        causes.OneOf(parameters, at, "scope", "Cluster", "Namespace");
        if (parameters.Text("scope") == "Namespace" && causes.Require(parameters, at, "namespace", "`parameters.scope` is set to 'Namespace'"))
        {
            causes.Named($"{at}.namespace", parameters.Text("namespace"), Names.Label);
        }
        else if (parameters.Text("scope") == "Cluster" && parameters.Has("namespace"))
        {
            causes.Add(Cause.Forbidden($"{at}.namespace", "`parameters.scope` is set to 'Cluster'"));
        }
    }

    [GeneratedRegex(@"^[A-Za-z0-9/\-._~%!$&'()*+,;=:]+\z", RegexOptions.NonBacktracking)]
    private static partial Regex IsPath();
}
