namespace Vitrine.ApiServer.Kinds;

/// <summary>What some subresources take and give: decoded like a kind, but stored nowhere and not in <see cref="KindList"/>.</summary>
internal static class SubresourceKinds
{
    public static Kind Scale { get; } = new()
    {
        Group = "autoscaling",
        Version = "v1",
        Name = "Scale",
        Plural = "scales",
        Singular = "scale",
        Namespaced = true,
        Schema = "io.k8s.api.autoscaling.v1.Scale",
    };

    public static Kind TokenRequest { get; } = new()
    {
        Group = "authentication.k8s.io",
        Version = "v1",
        Name = "TokenRequest",
        Plural = "tokenrequests",
        Singular = "tokenrequest",
        Namespaced = true,
        Schema = "io.k8s.api.authentication.v1.TokenRequest",
    };

    public static Kind Eviction { get; } = new()
    {
        Group = "policy",
        Version = "v1",
        Name = "Eviction",
        Plural = "evictions",
        Singular = "eviction",
        Namespaced = true,
        Schema = "io.k8s.api.policy.v1.Eviction",
    };
}
