using System.Net;
using Vitrine.Linux.Netns;

namespace Vitrine.Bench.Network;

/// <summary>A pod: a namespace at a path, and the address its plugin gave it.</summary>
internal sealed record BenchPod(string Path, NetnsHandle Netns, IPAddress Address);
