namespace Vitrine.ApiServer.Errors;

/// <summary>A continue token whose snapshot is gone; the Status carries another that goes on, inconsistently, from the same place.</summary>
internal sealed class ContinueExpiredException(string token) : ApiException(410, "Expired",
    "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.")
{
    public string Continue { get; } = token;
}
