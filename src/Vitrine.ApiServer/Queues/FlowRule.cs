using System.Text.Json.Nodes;
using Vitrine.ApiServer.Access;
using Vitrine.ApiServer.Auth;
using Vitrine.ApiServer.Objects;

namespace Vitrine.ApiServer.Queues;

/// <summary>One rule of a FlowSchema, ready to be asked. Source: k8s.io/apiserver pkg/util/flowcontrol/rule.go.</summary>
internal sealed class FlowRule(JsonObject rule)
{
    private readonly Subject[] _subjects = [.. rule.Objects("subjects").Select(static one => new Subject(one))];
    private readonly AccessRule[] _resources = [.. rule.Objects("resourceRules").Select(AccessRule.Read)];
    private readonly (bool Cluster, string[] Namespaces)[] _scopes = [.. rule.Objects("resourceRules").Select(static one => (one.Flag("clusterScope"), Texts(one, "namespaces")))];
    private readonly (string[] Verbs, string[] Urls)[] _paths = [.. rule.Objects("nonResourceRules").Select(static one => (Texts(one, "verbs"), Texts(one, "nonResourceURLs")))];

    public bool Matches(in AccessQuestion question)
    {
        foreach (Subject subject in _subjects)
        {
            if (subject.Is(question.User))
            {
                return question.Path.Length > 0 ? MatchesPath(question) : MatchesResource(question);
            }
        }

        return false;
    }

    private bool MatchesResource(in AccessQuestion question)
    {
        for (int i = 0; i < _resources.Length; i++)
        {
            (bool cluster, string[] namespaces) = _scopes[i];
            if ((question.Namespace.Length == 0 ? cluster : Has(namespaces, question.Namespace)) && _resources[i].Allows(question))
            {
                return true;
            }
        }

        return false;
    }

    private bool MatchesPath(in AccessQuestion question)
    {
        foreach ((string[] verbs, string[] urls) in _paths)
        {
            if (Has(verbs, question.Verb) && MatchesUrl(urls, question.Path))
            {
                return true;
            }
        }

        return false;
    }

    private static bool MatchesUrl(string[] urls, string path)
    {
        foreach (string url in urls)
        {
            if (url == "*" || url == path || (url.EndsWith("/*", StringComparison.Ordinal) && path.AsSpan().StartsWith(url.AsSpan(0, url.Length - 1), StringComparison.Ordinal)))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Has(string[] values, string value)
    {
        foreach (string one in values)
        {
            if (one == "*" || one == value)
            {
                return true;
            }
        }

        return false;
    }

    private static string[] Texts(JsonObject rule, string field) => [.. (rule.Array(field) ?? []).Select(static text => text.AsText()).OfType<string>()];

    /// <summary>A user, a group, or the ServiceAccounts of a namespace; "*" for any.</summary>
    private readonly struct Subject(JsonObject subject)
    {
        private readonly string _kind = subject.Text("kind");

        private readonly string _name = subject.Text("kind") switch
        {
            "User" => subject.TextAt("user.name"),
            "Group" => subject.TextAt("group.name"),
            _ => subject.TextAt("serviceAccount.name"),
        };

        private readonly string _prefix = $"{ClientUser.ServiceAccountPrefix}{subject.TextAt("serviceAccount.namespace")}:";

        public bool Is(ClientUser user)
        {
            switch (_kind)
            {
                case "User":
                    return _name == "*" || _name == user.Name;
                case "Group":
                    if (_name == "*")
                    {
                        return true;
                    }

                    for (int i = 0; i < user.Groups.Count; i++)
                    {
                        if (user.Groups[i] == _name)
                        {
                            return true;
                        }
                    }

                    return false;
                default:
                    return user.Name.StartsWith(_prefix, StringComparison.Ordinal) && (_name == "*" || user.Name.AsSpan(_prefix.Length).SequenceEqual(_name));
            }
        }
    }
}
