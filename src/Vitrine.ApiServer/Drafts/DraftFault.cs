namespace Vitrine.ApiServer.Drafts;

/// <summary>What the API server would refuse an object for.</summary>
/// <param name="Field">path, or empty for the object as a whole</param>
/// <param name="Message">in the words of the server</param>
public sealed record DraftFault(string Field, string Message);
