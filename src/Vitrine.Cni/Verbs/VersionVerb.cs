using Vitrine.Cni.Config;
using Vitrine.Cni.Results;

namespace Vitrine.Cni.Verbs;

/// <summary>VERSION: the versions spoken here, under the version asked with when that is one of them.</summary>
internal static class VersionVerb
{
    internal static byte[] Run(ReadOnlyMemory<byte> input)
    {
        var asked = ConfigReader.PeekVersion(input)
            ?? throw new CniException(ErrorCode.Decode, "cannot read cniVersion", "VERSION takes a JSON object with a cniVersion on stdin");
        return ResultWriter.Versions(SpecVersion.Supported.Contains(asked) ? asked : SpecVersion.Newest);
    }
}
