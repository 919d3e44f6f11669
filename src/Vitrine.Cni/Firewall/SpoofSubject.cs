using System.Net;
using Vitrine.Linux.Netlink;

namespace Vitrine.Cni.Firewall;

/// <summary>A pod as it may show itself on its link.</summary>
internal sealed record SpoofSubject(EntryOwner Owner, MacAddress Mac, IReadOnlyList<IPAddress> Addresses);
