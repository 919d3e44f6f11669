namespace Vitrine.Model.Plans.Gateway;

/// <summary>Something of an object that is not done.</summary>
/// <param name="Source">where it is written</param>
/// <param name="Reason">one word, of the Gateway API's where it has one: BackendNotFound, RefNotPermitted, InvalidCertificateRef …</param>
/// <param name="Message">a sentence: what, on which object, and what to do</param>
public sealed record GatewayProblem(RuleSource Source, string Reason, string Message)
{
    /// <summary>The smallest change that mends it, in words.</summary>
    public string Remedy => Reason switch
    {
        "RefNotPermitted" => "write a ReferenceGrant in the namespace that is referred to",
        "BackendNotFound" => $"correct {Source.Field} of {Object}, or make what it names",
        "InvalidCertificateRef" => $"make a Secret of type kubernetes.io/tls with a chain and its key, or correct {Source.Field} of {Object}",
        _ => $"correct {(Source.Field.Length == 0 ? "" : $"{Source.Field} of ")}{Object}",
    };

    /// <summary>Where it is written, as kubectl names it.</summary>
    public string Object => Source.Object;
}
