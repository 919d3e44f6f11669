namespace Vitrine.Attaching;

/// <summary>Somebody else who does a component's work already.</summary>
/// <param name="Component">whose work</param>
/// <param name="Found">by what he is known: table, file, address, route</param>
/// <param name="Remedy">what to do</param>
/// <param name="IsFatal">both at once would fight; else both may stay, and people should know</param>
internal sealed record Conflict(NodeComponents Component, string Found, string Remedy, bool IsFatal = true)
{
    public override string ToString() => $"{ComponentList.Write(Component)}: {Found}; {Remedy}";
}
