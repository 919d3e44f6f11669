namespace Vitrine.Gateway.Forwarding;

/// <summary>How a request fared at one endpoint.</summary>
/// <param name="End">what came of it</param>
/// <param name="Why">it did not go well</param>
/// <param name="Status">that the failure would be told with; 0 for the usual one</param>
internal readonly record struct TryResult(TryEnd End, Exception? Why = null, int Status = 0);

internal enum TryEnd
{
    /// <summary>The client has the answer, or as much of it as could be had.</summary>
    Answered,

    /// <summary>There was an answer, and another try may bring a better one.</summary>
    ThrownAway,

    /// <summary>Nothing of the request was sent.</summary>
    Unsent,

    /// <summary>The backend may have seen the request.</summary>
    Broken,

    /// <summary>The client's body could not be read to its end.</summary>
    ClientBroke,
}
