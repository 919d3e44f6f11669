namespace Vitrine.Model.Plans.Gateway;

/// <summary>Something of an object that is not done.</summary>
/// <param name="Source">where it is written</param>
/// <param name="Reason">one word, of the Gateway API's where it has one: BackendNotFound, RefNotPermitted, InvalidCertificateRef …</param>
/// <param name="Message">a sentence: what, on which object, and what to do</param>
public sealed record GatewayProblem(RuleSource Source, string Reason, string Message);
