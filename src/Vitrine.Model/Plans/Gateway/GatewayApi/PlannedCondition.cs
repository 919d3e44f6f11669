namespace Vitrine.Model.Plans.Gateway.GatewayApi;

/// <summary>A metav1.Condition, without its times.</summary>
public sealed record PlannedCondition(string Type, bool Status, string Reason, string Message)
{
    public override string ToString() => $"{Type}={Status} {Reason}{(Message.Length > 0 ? $": {Message}" : "")}";
}
