namespace Vitrine.ApiServer.Errors;

/// <summary>One cause of a 422, as in Status.details.causes.</summary>
/// <param name="Reason">FieldValueRequired, FieldValueInvalid, FieldValueNotSupported, FieldValueForbidden, FieldValueDuplicate, FieldValueTooLong, FieldValueTypeInvalid.</param>
/// <param name="Field">Path such as "spec.containers[0].image".</param>
/// <param name="Message">Upstream's wording, e.g. "Required value" or "Invalid value: \"X\": a lowercase RFC 1123 label must …".</param>
internal sealed record FieldCause(string Reason, string Field, string Message);
