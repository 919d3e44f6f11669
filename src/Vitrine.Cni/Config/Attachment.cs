namespace Vitrine.Cni.Config;

/// <summary>What the specification identifies an attachment by, within one network.</summary>
internal sealed record Attachment(string ContainerId, string InterfaceName);
