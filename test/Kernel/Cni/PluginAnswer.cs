using System.Text.Json.Nodes;

namespace Vitrine.Kernel.Cni;

/// <summary>Exit code and standard output of one call.</summary>
internal sealed record PluginAnswer(int ExitCode, string Output)
{
    internal JsonNode Json => JsonNode.Parse(Output) ?? throw new InvalidOperationException("no JSON: " + Output);

    internal int Code => ExitCode == 0 ? 0 : (int)Json["code"]!;

    internal string Address(int index = 0) => (string)Json["ips"]![index]!["address"]!;

    internal PluginAnswer Succeeds() => ExitCode == 0 ? this : throw new InvalidOperationException(Output);
}
