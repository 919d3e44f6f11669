using System.Text.Json.Serialization;
using Vitrine.Clusters;
using Vitrine.Doctor;
using Vitrine.Explaining;
using Vitrine.Images;
using Vitrine.Linting;
using Vitrine.Reach;

namespace Vitrine.Verbs;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(IReadOnlyList<BuiltImage>))]
[JsonSerializable(typeof(IReadOnlyList<Finding>))]
[JsonSerializable(typeof(IReadOnlyList<ClusterStatus>))]
[JsonSerializable(typeof(ExplainReport))]
[JsonSerializable(typeof(LintReport))]
[JsonSerializable(typeof(IReadOnlyList<NodeDrops>))]
[JsonSerializable(typeof(ReachMatrix))]
[JsonSerializable(typeof(UpReport))]
internal sealed partial class VerbJson : JsonSerializerContext;
