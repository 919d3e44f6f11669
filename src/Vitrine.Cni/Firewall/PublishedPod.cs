using System.Net;
using Vitrine.Cni.Config;

namespace Vitrine.Cni.Firewall;

/// <summary>A pod with host ports.</summary>
/// <param name="Owner">whose they are</param>
/// <param name="Mappings">what is asked for</param>
/// <param name="Addresses">the pod's</param>
/// <param name="Bridge">the bridge it is on, null for none</param>
internal sealed record PublishedPod(EntryOwner Owner, IReadOnlyList<PortMapping> Mappings, IReadOnlyList<IPAddress> Addresses, string? Bridge);
