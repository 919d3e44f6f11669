namespace Vitrine.Model.Plans.Services;

/// <summary>Something of a Service that is not done.</summary>
/// <param name="Owner">kind/namespace/name of the object it is written in</param>
/// <param name="Problem">a sentence without its subject</param>
public sealed record ServiceRefusal(string Owner, string Problem)
{
    public override string ToString() => $"{Owner}: {Problem}";
}
