namespace Vitrine.Model.Explain;

/// <summary>What becomes of a packet.</summary>
public enum Verdict
{
    /// <summary>It arrives, and somebody takes it.</summary>
    Delivered,

    /// <summary>It goes to where nothing is known any more.</summary>
    LeavesCluster,

    /// <summary>It arrives; whether somebody takes it is not known.</summary>
    NotKnown,

    /// <summary>It arrives where nobody listens.</summary>
    Refused,

    /// <summary>It is thrown away in silence.</summary>
    Dropped,

    /// <summary>There is no way, and the sender is told so.</summary>
    Unreachable,

    /// <summary>It is larger than a link on the way takes.</summary>
    TooBig,

    /// <summary>An end of the question is not there.</summary>
    NotRunning,

    /// <summary>It arrives, and the answer gets lost.</summary>
    NoWayBack,

    /// <summary>A Service has several endpoints, and only some of them take it.</summary>
    SomeEndpointsFail,

    /// <summary>The name it is to go to does not exist.</summary>
    NoSuchName,
}
