namespace Vitrine.ApiServer.Protobuf;

/// <summary>What stands behind a field number.</summary>
/// <param name="Name">As in JSON; for an inlined struct, the full name of its type.</param>
/// <param name="IsInlined">A message of its own in protobuf whose fields lie in its owner in JSON, such as Volume's VolumeSource.</param>
/// <param name="KeepsZero">
/// True when a zero or empty value that is on the wire is kept: the Go field is a pointer, which is written only when
/// set, or its JSON tag has no omitempty. Go writes every other zero too, whether or not the user gave it.
/// </param>
internal sealed record NumberedField(string Name, bool IsInlined, bool KeepsZero);
