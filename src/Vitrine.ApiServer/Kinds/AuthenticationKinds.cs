using Vitrine.ApiServer.Tokens;

namespace Vitrine.ApiServer.Kinds;

/// <summary>Group authentication.k8s.io: questions, stored nowhere.</summary>
internal static class AuthenticationKinds
{
    public static Kind SelfSubjectReview { get; } = new()
    {
        Group = "authentication.k8s.io",
        Version = "v1",
        Name = "SelfSubjectReview",
        Plural = "selfsubjectreviews",
        Singular = "selfsubjectreview",
        Namespaced = false,
        Verbs = ["create"],
        Schema = "io.k8s.api.authentication.v1.SelfSubjectReview",
        Review = Reviews.WhoAmIAsync,
    };

    public static Kind TokenReview { get; } = new()
    {
        Group = "authentication.k8s.io",
        Version = "v1",
        Name = "TokenReview",
        Plural = "tokenreviews",
        Singular = "tokenreview",
        Namespaced = false,
        Verbs = ["create"],
        Schema = "io.k8s.api.authentication.v1.TokenReview",
        Review = Reviews.WhoseAsync,
    };
}
