using Vitrine.ApiServer.Errors;

namespace Vitrine.ApiServer.Access;

/// <summary>A 403 in the words of upstream's authorizer (k8s.io/apiserver pkg/endpoints/handlers/responsewriters).</summary>
internal static class Denial
{
    /// <param name="why">What the authorizer has to add, or "".</param>
    public static ApiException Of(in AccessQuestion question, string why)
    {
        var (user, more) = (question.User.Name, why.Length > 0 ? $": {why}" : "");
        if (question.Path.Length > 0)
        {
            return new ApiException(403, "Forbidden", $"forbidden: User \"{user}\" cannot {question.Verb} path \"{question.Path}\"{more}");
        }
        var scope = question.Namespace.Length > 0 ? $"in the namespace \"{question.Namespace}\"" : "at the cluster scope";
        var what = question.Group.Length > 0 ? $"{question.Resource}.{question.Group}" : question.Resource;
        return new ApiException(403, "Forbidden", $"{what} {(question.Name.Length > 0 ? $"\"{question.Name}\" " : "")}is forbidden: User \"{user}\" cannot {question.Verb} resource \"{question.Part}\" in API group \"{question.Group}\" {scope}{more}")
        {
            ObjectName = question.Name,
            Group = question.Group,
            ObjectKind = question.Resource,
        };
    }
}
