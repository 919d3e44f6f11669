using System.Net;
using Vitrine.Cni.Config;

namespace Vitrine.Cni.Ipam;

/// <summary>Addresses held by one attachment for as long as <paramref name="Link"/>, its host-side veth, exists.</summary>
internal sealed record Lease(Attachment Attachment, string Link, IReadOnlyList<IPAddress> Addresses);
