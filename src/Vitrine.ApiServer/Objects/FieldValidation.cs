namespace Vitrine.ApiServer.Objects;

/// <summary>What to do about unknown and duplicate fields; the fieldValidation query parameter.</summary>
internal enum FieldValidation
{
    Ignore,
    Warn,
    Strict,
}
