using Vitrine.ApiServer.Access;
using Vitrine.ApiServer.Http;

namespace Vitrine.ApiServer.Kinds;

/// <summary>Group authorization.k8s.io: questions of who may do what, stored nowhere.</summary>
internal static class AuthorizationKinds
{
    public static Kind SelfSubjectAccessReview { get; } = Make("SelfSubjectAccessReview", "selfsubjectaccessreviews", AccessReviews.MayIAsync);

    public static Kind SubjectAccessReview { get; } = Make("SubjectAccessReview", "subjectaccessreviews", AccessReviews.MayAsync);

    public static Kind LocalSubjectAccessReview { get; } = Make("LocalSubjectAccessReview", "localsubjectaccessreviews", AccessReviews.MayHereAsync) with { Namespaced = true };

    public static Kind SelfSubjectRulesReview { get; } = Make("SelfSubjectRulesReview", "selfsubjectrulesreviews", AccessReviews.WhatMayIAsync);

    private static Kind Make(string name, string plural, Func<ApiRequest, Task> review) => new()
    {
        Group = "authorization.k8s.io",
        Version = "v1",
        Name = name,
        Plural = plural,
        Singular = plural[..^1],
        Namespaced = false,
        Verbs = ["create"],
        Schema = $"io.k8s.api.authorization.v1.{name}",
        Review = review,
    };
}
